// All of its declarations are of the package's own use; nobody else gets to see a name of it.
@_exported public import BusSchema
