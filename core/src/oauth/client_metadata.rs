//! Client metadata and Client ID Metadata Documents.
