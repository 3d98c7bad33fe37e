import Music
import Transport

/// Which port each voice is played to.
public struct Routing: Hashable, Sendable {
    public var standard: PortAddress
    public var exceptions: [Voice: PortAddress]
    /// How late a port sounds what it gets: it is sent so much earlier. Negative where it is to sound later; within
    /// `Routing.latencyRange`.
    public var latencies: [PortAddress: Nanoseconds]

    /// What a port may be late or early.
    public static let latencyRange = Nanoseconds.milliseconds(-150)...Nanoseconds.milliseconds(150)

    /// - Parameter latencies: those outside `latencyRange` are clamped.
    public init(
        standard: PortAddress, exceptions: [Voice: PortAddress] = [:], latencies: [PortAddress: Nanoseconds] = [:]
    ) {
        self.standard = standard
        self.exceptions = exceptions
        self.latencies = latencies.mapValues {
            min(Routing.latencyRange.upperBound, max(Routing.latencyRange.lowerBound, $0))
        }
    }

    /// How late a port sounds.
    func latency(of port: PortAddress) -> Nanoseconds { latencies[port] ?? .zero }

    /// How much farther ahead the music must be handed out for the latest port.
    var lead: Nanoseconds { max(.zero, latencies.values.max() ?? .zero) }

    public func destination(of voice: Voice) -> PortAddress { exceptions[voice] ?? standard }

    /// All ports that are played to, the standard one first.
    public var destinations: [PortAddress] {
        [standard]
            + Set(exceptions.values).subtracting([standard]).sorted { ($0.client, $0.port) < ($1.client, $1.port) }
    }
}
