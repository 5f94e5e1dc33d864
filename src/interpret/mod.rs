//! The abstract interpreter: roots × project → query sites.
