import MIDI
import Music
import RealTime

/// Where MIDI comes from and goes to: the ALSA sequencer, or the embedded transport on a machine without one.
///
/// A transport runs its own real-time threads. Everything here is called from the conductor's thread alone, never blocks,
/// and works on the transport's own clock (`now`), on which input is stamped and output is scheduled.
public protocol MIDITransport: AnyObject, Sendable {
    /// `alsa` or `embedded`.
    var name: String { get }

    /// The transport's clock.
    func now() -> Instant

    /// Readable (poll) while events wait. Reading and clearing it is `nextEvent`'s affair.
    var eventDescriptor: Int32 { get }

    /// The next event that arrived, in order of arrival; nil when there is none.
    func nextEvent() -> TransportEvent?

    /// All ports of others that can be heard or played to.
    func ports() throws(TransportError) -> [PortInfo]

    /// Starts listening to a port; its events are stamped in real time. Listening twice is no error.
    func listen(to source: PortAddress) throws(TransportError)

    /// Stops listening; nothing happens where we did not.
    func stopListening(to source: PortAddress)

    /// Opens a port for playing. Everything below reaches opened ports alone; opening twice is no error.
    func startPlaying(to destination: PortAddress) throws(TransportError)

    /// Silences a port that we play to, thru included, and closes it; nothing happens where we did not play.
    func stopPlaying(to destination: PortAddress)

    /// Replaces what goes thru at once, without waiting for the conductor. Notes of a route that is not among the new
    /// ones are released; a route that stays keeps its held notes (one of the same source, destination and channel,
    /// transposed or split otherwise as it may be).
    ///
    /// A message passes where its source is listened to, its destination is opened, it is a channel message, and it is
    /// not swallowed; a note also has to lie in the route's keys. System messages do not go thru.
    /// - Precondition: at most `ThruTable.limit` routes.
    func setThru(_ routes: [ThruRoute])

    /// Plays a message now, ahead of everything scheduled.
    func send(_ message: MIDIMessage, to destination: PortAddress)

    /// Sends a message that is no music now: a mode, a light. Though it may be a note, nothing is held by it: `silence` does not
    /// end it.
    func tell(_ message: MIDIMessage, to destination: PortAddress)

    /// Plays a system exclusive message (0xF0 ... 0xF7) now.
    func send(systemExclusive bytes: [UInt8], to destination: PortAddress)

    /// Tells everybody who has connected to our port `State`; who connects later is told the last message again, where the
    /// transport sees that.
    func announce(_ message: MIDIMessage)

    /// Schedules messages in time order, at most `scheduleHorizon` ahead, so that a stop is prompt. What is past sounds at once.
    ///
    /// - Returns: how many were taken, counted from the first; the rest lies beyond the horizon or did not fit, and must be
    ///   offered again.
    func schedule(_ messages: [ScheduledMessage]) -> Int

    /// Takes back everything scheduled that has not sounded, then releases every note that the transport began and did not end
    /// (scheduled notes and thru notes alike when `thru` is true), on one destination or on all.
    func silence(_ destination: PortAddress?, thru: Bool)

    /// What keeps this transport from its best, in plain words with advice; empty when all is well.
    var impairments: [String] { get }

    /// What was measured and lost so far.
    var counters: TransportCounters { get }

    /// How long thru took and how late the band was, since the transport was opened.
    var timings: TransportTimings { get }

    /// Releases every note, closes every port and joins the threads. Called once, last.
    func close()
}

/// How far ahead of the clock a transport takes scheduled messages.
public let scheduleHorizon = Nanoseconds.milliseconds(200)

/// A note that is later than this is not begun any more: after a process was stopped, or a machine slept, it would sound with all the
/// others that it missed.
public let latestBeginning = Nanoseconds.milliseconds(500)

/// One thru route, applied on the real-time thread.
public struct ThruRoute: Hashable, Sendable {
    public var source: PortAddress
    public var destination: PortAddress
    /// Channel voice messages are moved to this channel; nil keeps the player's.
    public var channel: Channel?
    /// Controls that act here and must never be heard: (status byte, first data byte) of messages that do not pass.
    public var swallowed: [SwallowedMessage]
    /// Semitones that notes are moved by, -48...48. A note that would leave 0...127 does not pass. The note-off and the
    /// pressure of a held key follow its note-on, whatever the route says by then.
    public var transpose: Int
    /// Keys as played whose notes pass, 0...127; messages that are about no key pass always. Two routes of one source with
    /// different keys split the keyboard.
    public var keys: ClosedRange<UInt8>
    /// A pair of keys that is a button here, and is not heard when it is struck as one.
    public var gesture: KeyGesture?

    /// - Precondition: `transpose` lies in -48...48, `keys` in 0...127.
    public init(
        source: PortAddress, destination: PortAddress, channel: Channel?, swallowed: [SwallowedMessage],
        transpose: Int = 0, keys: ClosedRange<UInt8> = 0...127, gesture: KeyGesture? = nil
    ) {
        precondition((-48...48).contains(transpose), "a route transposes by four octaves at most")
        precondition(keys.upperBound < 128, "keys are 0...127")
        self.source = source
        self.destination = destination
        self.channel = channel
        self.swallowed = swallowed
        self.transpose = transpose
        self.keys = keys
        self.gesture = gesture
    }
}

/// A message that is a control: matched by status, and by the first data byte where that tells which control it is
/// (notes, control and program changes, not pressure and pitch bend).
public struct SwallowedMessage: Hashable, Sendable, BitwiseCopyable {
    /// A status byte; for notes both note-on and note-off are swallowed.
    public var status: UInt8
    public var data1: UInt8
    public init(status: UInt8, data1: UInt8) {
        self.status = status
        self.data1 = data1
    }
}

/// Counts of what happened on the wire. Nothing is dropped in silence.
public struct TransportCounters: Hashable, Sendable {
    public var received = 0
    public var sent = 0
    public var scheduled = 0
    /// Times that input overflowed (kernel queue or ring).
    public var overruns = 0
    /// Messages that could not be sent.
    public var sendFailures = 0
    /// Notes that were not begun because they were late by more than `latestBeginning`.
    public var late = 0
    public init() {}
}

/// How long things took on the wire, as measured all the time.
public struct TransportTimings: Hashable, Sendable {
    /// From a message's time stamp to the end of its sending on.
    public var thru: DurationHistogram.Snapshot
    /// By how much scheduled messages sounded later than they were due.
    public var lateness: DurationHistogram.Snapshot

    public init(thru: DurationHistogram.Snapshot, lateness: DurationHistogram.Snapshot) {
        self.thru = thru
        self.lateness = lateness
    }
}

/// Why a transport could not do something.
public struct TransportError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was being done, to what: `subscribe to 20:0`.
    public var action: String
    /// The C call and its error: `snd_seq_subscribe_port: Operation not permitted`.
    public var cause: String
    /// The negative errno, or 0.
    public var code: Int32
    /// What to do next; empty where nothing helps.
    public var advice: String

    public init(action: String, cause: String, code: Int32 = 0, advice: String = "") {
        self.action = action
        self.cause = cause
        self.code = code
        self.advice = advice
    }

    public var description: String {
        "cannot \(action): \(cause)" + (advice.isEmpty ? "" : " (\(advice))")
    }
}
