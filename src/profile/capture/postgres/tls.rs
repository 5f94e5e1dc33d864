//! TLS by rustls: what each `sslmode` asks of the server's certificate, as libpq has it.
//!
//! <https://www.postgresql.org/docs/current/libpq-ssl.html>

use std::future::Future;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use postgres::Socket;
use postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, InconsistentKeys, RootCertStore, SignatureScheme};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::TlsConnector;

use super::passfile;

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
            root.clone()
                .or_else(|| own_file("root.crt"))
                .ok_or("`verify-…` needs `sslrootcert`: a file, or `system`".to_owned())
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

/// A file of `~/.postgresql`, where it is there.
fn own_file(name: &str) -> Option<String> {
    let path = PathBuf::from(std::env::var_os("HOME")?).join(".postgresql").join(name);
    path.is_file().then(|| path.display().to_string())
}

/// The files by which the server knows the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// `sslcert`
    pub certificate: String,
    /// `sslkey`
    pub key: String,
}

impl Identity {
    /// What was asked for, else what libpq looks for; none where there is no certificate.
    pub fn of(certificate: Option<String>, key: Option<String>) -> Option<Identity> {
        let certificate = certificate.or_else(|| own_file("postgresql.crt"))?;
        let key = key.or_else(|| own_file("postgresql.key")).unwrap_or_else(|| certificate.clone());
        Some(Identity { certificate, key })
    }

    fn read(&self) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), String> {
        let Identity { certificate, key } = self;
        let chain = CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let chain = chain.map_err(|error| format!("the certificate `{certificate}` can't be read ({error})"))?;
        if !passfile::is_private(Path::new(key)) {
            return Err(format!("the key `{key}` is not there, or others may read it: `chmod 600` it"));
        }
        let key = PrivateKeyDer::from_pem_file(key)
            .map_err(|_| format!("`{key}` holds no key that quell can read: one with a password is not supported"))?;
        Ok((chain, key))
    }
}

/// Makes the connector for a degree of trust.
pub fn connector(trust: &Trust, identity: Option<&Identity>) -> Result<Connector, String> {
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
    let signs_with = provider.key_provider;
    let known = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let config = match identity {
        None => known.with_no_client_auth(),
        Some(identity) => {
            let (chain, key) = identity.read()?;
            let unusable = |error| format!("the key `{}` can't be used ({error})", identity.key);
            let key = signs_with.load_private_key(key).map_err(unusable)?;
            let certified = CertifiedKey::new(chain, key);
            // A certificate of version 1, as `openssl x509 -req` makes them, can't be looked into; the server decides.
            if matches!(certified.keys_match(), Err(rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch))) {
                return Err(format!("`{}` is no certificate of the key `{}`", identity.certificate, identity.key));
            }
            known.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(certified)))
        }
    };
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
    fn a_certificate_without_its_key_is_told() {
        let identity = Identity::of(Some("/no/such.crt".into()), Some("/no/such.key".into()));
        let why = connector(&Trust::Require, identity.as_ref()).err().unwrap();
        assert!(why.contains("the certificate `/no/such.crt` can't be read"), "{why}");
    }

    #[test]
    fn modes_are_those_of_libpq() {
        assert_eq!(Trust::of("prefer", None), Ok(Trust::Prefer));
        assert_eq!(Trust::of("require", Some("ca.pem".into())), Ok(Trust::Authority("ca.pem".into())));
        assert_eq!(Trust::of("verify-full", Some("system".into())), Ok(Trust::Full("system".into())));
        assert!(Trust::of("sometimes", None).is_err());
        assert!(connector(&Trust::Full("/no/such.pem".into()), None).err().unwrap().contains("can't be read"));
    }
}
