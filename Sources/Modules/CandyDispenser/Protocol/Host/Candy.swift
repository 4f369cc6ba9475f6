/// One candy of a request.
public struct Candy: Hashable, Sendable {
  /// The id that the request came with.
  public var request: UInt32
  /// Which candy of the request: 1 to `of`.
  public var number: UInt16
  /// How many candies the request asks for.
  public var of: UInt16

  /// The candy with this number of a request.
  public init(request: UInt32, number: UInt16, of: UInt16) {
    self.request = request
    self.number = number
    self.of = of
  }
}
