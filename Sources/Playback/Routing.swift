import Music
import Transport

/// Which port each voice is played to.
public struct Routing: Hashable, Sendable {
    public var standard: PortAddress
    public var exceptions: [Voice: PortAddress]

    public init(standard: PortAddress, exceptions: [Voice: PortAddress] = [:]) {
        self.standard = standard
        self.exceptions = exceptions
    }

    public func destination(of voice: Voice) -> PortAddress { exceptions[voice] ?? standard }

    /// All ports that are played to, the standard one first.
    public var destinations: [PortAddress] {
        [standard]
            + Set(exceptions.values).subtracting([standard]).sorted { ($0.client, $0.port) < ($1.client, $1.port) }
    }
}
