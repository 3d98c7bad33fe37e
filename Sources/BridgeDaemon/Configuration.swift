import Music

/// What the daemon is told to do: parsed once, validated, immutable.
///
/// Every key has a default, so that no file is needed. `Configuration.documentation` is the commented default file.
public struct Configuration: Hashable, Sendable {
    /// The tempo that a take is quantized to.
    public var tempo = Tempo.moderate
    public var meter = Meter.fourFour
    public var genre = Genre.pop
    /// 0 plays the likeliest rhythm; 1 is daring.
    public var temperature = 0.3
    /// Where the band plays: an address (`20:0`), a client or port name or a part of one; nil lets the daemon choose.
    public var output: String?
    public var transport = TransportKind.automatic
    /// The Unix socket of the API; nil for the default place.
    public var socket: String?
    /// A port on 127.0.0.1 that serves the API too; nil for none.
    public var loopbackPort: Int?
    public var logLevel = "info"
    /// Where takes are kept; nil for the default place.
    public var stateFolder: String?

    public enum TransportKind: String, Sendable, CaseIterable {
        /// The ALSA sequencer if there is one, else the embedded transport.
        case automatic = "auto"
        case alsa, embedded
    }

    public init() {}
}

/// Why a configuration was refused.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file, or `command line`.
    public var source: String
    /// Counted from 1; nil where it is not known.
    public var line: Int?
    public var message: String

    public init(source: String, line: Int?, message: String) {
        self.source = source
        self.line = line
        self.message = message
    }

    public var description: String {
        "\(source)\(line.map { ":\($0)" } ?? ""): \(message)"
    }
}
