/// A sequencer port: client and port number. Addresses are re-used after an exit; never keep one across it.
public struct PortAddress: Hashable, Sendable, BitwiseCopyable {
    public let client: UInt8
    public let port: UInt8
    public init(client: UInt8, port: UInt8) {
        self.client = client
        self.port = port
    }
}

extension PortAddress: CustomStringConvertible {
    /// As the ALSA tools print it: `20:0`.
    public var description: String { "\(client):\(port)" }

    /// Reads `20:0`.
    public init?(_ text: some StringProtocol) {
        let pieces = text.split(separator: ":", omittingEmptySubsequences: false)
        guard pieces.count == 2, let client = UInt8(pieces[0]), let port = UInt8(pieces[1]) else { return nil }
        self.init(client: client, port: port)
    }
}

/// A port as the transport sees it.
public struct PortInfo: Hashable, Sendable {
    public var address: PortAddress
    public var clientName: String
    public var portName: String
    /// The kernel sound card behind the port; nil for ports of programs.
    public var card: Int?
    /// We can listen to it.
    public var isSource: Bool
    /// We can play to it.
    public var isDestination: Bool
    /// It says that it makes sound (a synthesizer in hardware or software).
    public var isSynthesizer: Bool

    public init(
        address: PortAddress, clientName: String, portName: String, card: Int?, isSource: Bool, isDestination: Bool,
        isSynthesizer: Bool
    ) {
        self.address = address
        self.clientName = clientName
        self.portName = portName
        self.card = card
        self.isSource = isSource
        self.isDestination = isDestination
        self.isSynthesizer = isSynthesizer
    }
}
