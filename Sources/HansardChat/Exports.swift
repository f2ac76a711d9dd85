// With this import an embedder has the store and the chat's projections too.
@_exported public import Hansard
@_exported public import HansardProjections
