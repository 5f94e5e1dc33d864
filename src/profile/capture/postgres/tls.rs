//! TLS by rustls: what each `sslmode` asks of the server's certificate, as libpq has it.
//!
//! <https://www.postgresql.org/docs/current/libpq-ssl.html>

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use postgres::Socket;
use postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::TlsConnector;

/// How much is asked of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// No TLS.
    Disable,
    /// TLS where the server has it, any certificate.
    Prefer,
    /// TLS, any certificate.
    Require,
    /// A certificate of an authority in the file, for any name.
    Authority(String),
    /// And for the name of the host.
    Full(String),
}

impl Trust {
    /// Reads `sslmode` and `sslrootcert`.
    pub fn of(mode: &str, root: Option<String>) -> Result<Trust, String> {
        let file = || {
            root.clone().or_else(default_root).ok_or("`verify-…` needs `sslrootcert`: a file, or `system`".to_owned())
        };
        match (mode, &root) {
            ("disable", _) => Ok(Trust::Disable),
            ("allow" | "prefer", _) => Ok(Trust::Prefer),
            // With a file of authorities libpq takes `require` for `verify-ca`.
            ("require", Some(file)) => Ok(Trust::Authority(file.clone())),
            ("require", None) => Ok(Trust::Require),
            ("verify-ca", _) => file().map(Trust::Authority),
            ("verify-full", _) => file().map(Trust::Full),
            _ => Err("`sslmode` is disable, allow, prefer, require, verify-ca or verify-full".to_owned()),
        }
    }
}

fn default_root() -> Option<String> {
    let path = std::path::PathBuf::from(std::env::var_os("HOME")?).join(".postgresql/root.crt");
    path.is_file().then(|| path.display().to_string())
}

/// Makes the connector for a degree of trust.
pub fn connector(trust: &Trust) -> Result<Connector, String> {
    let provider = Arc::new(ring::default_provider());
    let checks = match trust {
        Trust::Authority(file) | Trust::Full(file) => {
            let roots = Arc::new(authorities(file)?);
            let inner = WebPkiServerVerifier::builder_with_provider(roots, provider.clone()).build();
            Some(inner.map_err(|error| format!("`{file}` holds no certificate of an authority ({error})"))?)
        }
        _ => None,
    };
    let verifier = Verifier { checks, any_name: !matches!(trust, Trust::Full(_)), provider: provider.clone() };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(Connector { config: Arc::new(config), name: None })
}

/// The authorities of a file, or of the system.
fn authorities(file: &str) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    if file == "system" {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        return Ok(roots);
    }
    let found = CertificateDer::pem_file_iter(file).map_err(|error| format!("`{file}` can't be read ({error})"))?;
    roots.add_parsable_certificates(found.flatten());
    Ok(roots)
}

/// Checks as much of a certificate as was asked for.
#[derive(Debug)]
struct Verifier {
    checks: Option<Arc<WebPkiServerVerifier>>,
    any_name: bool,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Some(checks) = &self.checks else { return Ok(ServerCertVerified::assertion()) };
        match checks.verify_server_cert(certificate, intermediates, name, response, now) {
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if self.any_name => Ok(ServerCertVerified::assertion()),
            verdict => verdict,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// Makes the TLS side of a connection.
#[derive(Clone)]
pub struct Connector {
    config: Arc<ClientConfig>,
    name: Option<ServerName<'static>>,
}

impl MakeTlsConnect<Socket> for Connector {
    type Stream = Encrypted;
    type TlsConnect = Connector;
    type Error = io::Error;

    fn make_tls_connect(&mut self, host: &str) -> io::Result<Connector> {
        // A socket of this machine has no name; nothing is encrypted there.
        let name = ServerName::try_from(host.to_owned()).ok();
        Ok(Connector { config: self.config.clone(), name })
    }
}

impl TlsConnect<Socket> for Connector {
    type Stream = Encrypted;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Encrypted>> + Send>>;

    fn connect(self, stream: Socket) -> Self::Future {
        Box::pin(async move {
            let name = self.name.ok_or_else(|| io::Error::other("the host's name is none that TLS knows"))?;
            let stream = TlsConnector::from(self.config).connect(name, stream).await?;
            Ok(Encrypted(Box::new(stream)))
        })
    }
}

/// An encrypted connection.
pub struct Encrypted(Box<tokio_rustls::client::TlsStream<Socket>>);

impl AsyncRead for Encrypted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Encrypted {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

impl TlsStream for Encrypted {
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_those_of_libpq() {
        assert_eq!(Trust::of("prefer", None), Ok(Trust::Prefer));
        assert_eq!(Trust::of("require", Some("ca.pem".into())), Ok(Trust::Authority("ca.pem".into())));
        assert_eq!(Trust::of("verify-full", Some("system".into())), Ok(Trust::Full("system".into())));
        assert!(Trust::of("sometimes", None).is_err());
        assert!(connector(&Trust::Full("/no/such.pem".into())).err().unwrap().contains("can't be read"));
    }
}
