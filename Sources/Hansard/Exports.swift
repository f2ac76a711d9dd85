// An embedder writes one import: the projector, the operations and the records come with it.
@_exported public import HansardEngine
@_exported public import HansardOperations
@_exported public import HansardRecords
