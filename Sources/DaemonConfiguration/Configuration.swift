import Controls
import LiveSession
import Music
import Playback

/// What the daemon is told to do: parsed once, validated, immutable.
///
/// Every key has a default, so that no file is needed. `Configuration.documentation` is the commented default file.
public struct Configuration: Hashable, Sendable {
    /// The tempo that is played to; nil lets the playing tell.
    public var tempo: Tempo?
    public var meter = Meter.fourFour
    public var genre = Genre.pop
    /// 0 plays the likeliest rhythm; 1 is daring.
    public var temperature = 0.3
    /// Where the band comes in while the player's time goes on.
    public var entrance = BandPlayer.Boundary.beat
    /// Whether a click sounds from the start.
    public var clicks = false
    /// Whether what is played is remembered at all.
    public var listens = true
    /// How long what was played is remembered, in memory.
    public var memory = Nanoseconds.seconds(1800)
    /// How long it is kept on the disk; zero keeps nothing there.
    public var journalAge = Nanoseconds.seconds(24 * 3600)
    /// How many bytes of it are kept on the disk at most.
    public var journalBytes = 16 << 20
    /// Ports without a card of their own that are keyboards: addresses, or parts of a client's or port's name.
    public var inputs: [String] = []
    /// What keyboards without buttons have instead.
    public var controls = ControlReader.Settings()
    /// What keyboards are for, by what names them: `serial:`, `path:`, `usb:`, or a part of their name.
    public var keyboards: [String: KeyboardSettings] = [:]
    /// How late the output sounds; the band is sent so much earlier.
    public var latency = Nanoseconds.zero
    /// A port whose MIDI clock is followed: an address or a part of a name; nil follows none.
    public var clockIn: String?
    /// A port that MIDI clock is sent to; nil for none.
    public var clockOut: String?
    /// Where the band plays: an address (`20:0`), a client or port name or a part of one; nil lets the daemon choose.
    public var output: String?
    public var synth = Synth()
    public var transport = TransportKind.automatic
    /// The Unix socket of the API; nil for the default place.
    public var socket: String?
    /// A port that serves the API too, on 127.0.0.1 where nothing else is said; nil for none.
    public var loopbackPort: Int?
    public var consoleReach = ConsoleReach.machine
    /// Names under which a proxy asks for the console.
    public var consoleNames: [String] = []
    /// Whether that port tells the metrics to programs without a token.
    public var metricsAreOpen = false
    public var logLevel = "info"
    /// Where takes are kept; nil for the default place.
    public var stateFolder: String?
    public var training = Training()

    /// Who can reach the console's port.
    public enum ConsoleReach: Hashable, Sendable {
        case machine
        case network
        /// One IPv4 address of this machine.
        case address(String)
    }

    public enum TransportKind: String, Sendable, CaseIterable {
        /// The ALSA sequencer if there is one, else the embedded transport.
        case automatic = "auto"
        case alsa, embedded
    }

    public init() {}

    /// Training a player's own genres.
    public struct Training: Hashable, Sendable {
        /// The command line that trains; nil looks beside the daemon, then in `PATH`.
        public var program: String?
        /// How many finished jobs are kept.
        public var finishedJobs = 20
        /// How many bytes finished jobs may take together.
        public var finishedBytes: Int64 = 4 << 30
        /// How many bytes of the disk must be free for a job to begin.
        public var freeBytes: Int64 = 1 << 30

        public init() {}
    }

    /// The synthesizer of our own, for where there is no other.
    public struct Synth: Hashable, Sendable {
        public var start = Start.automatic
        /// After how much silence it is ended.
        public var idle = Nanoseconds.seconds(600)

        public enum Start: String, Sendable, CaseIterable {
            /// Where there is sound hardware.
            case automatic = "auto"
            case on, off
        }

        public init() {}
    }

    /// What one keyboard is for.
    public struct KeyboardSettings: Hashable, Sendable {
        public var role = Session.Role.everything
        /// Whether nothing that it sends is music; nil: so it is where its profile says that it has no keys.
        public var isControl: Bool?
        /// As in `controls`; nil leaves it at that.
        public var gesture: ControlReader.Settings.Gesture?
        public var pedals: ControlReader.Settings.Choice?
        public var sustainSwitch: Bool?
        /// Semitones that its keys are moved by, heard and recorded.
        public var transposition = 0

        public init() {}
    }
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
