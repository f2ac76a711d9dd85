// An embedder writes one import: records, identifiers, instants and error codes come with the
// store.
@_exported public import HansardRecords
