/// A USB vendor and product number, as `lsusb` prints them: `0763:0197`.
public struct USBIdentity: Hashable, Sendable, CustomStringConvertible {
    public var vendor: UInt16
    public var product: UInt16

    public init(vendor: UInt16, product: UInt16) {
        self.vendor = vendor
        self.product = product
    }

    /// Reads four hexadecimal digits, a colon, four hexadecimal digits.
    public init?(_ text: some StringProtocol) {
        let pieces = text.split(separator: ":", omittingEmptySubsequences: false)
        guard pieces.count == 2, pieces.allSatisfy({ $0.count == 4 }), let vendor = UInt16(pieces[0], radix: 16),
            let product = UInt16(pieces[1], radix: 16)
        else { return nil }
        self.init(vendor: vendor, product: product)
    }

    public var description: String { USBIdentity.digits(vendor) + ":" + USBIdentity.digits(product) }

    private static func digits(_ number: UInt16) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: 4 - text.count) + text
    }
}
