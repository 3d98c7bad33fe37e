import MIDI
import Music
import RealTime
import Synchronization

/// A transport inside the process, for machines without a sequencer: sources are played by the program itself (the
/// console's keyboard, a script), destinations record what sounds on them and when.
///
/// It keeps the contract of `MIDITransport`: its output thread sounds scheduled messages at their time and in order, thru
/// routes pass at once, `silence` takes back and releases. On the virtual clock nothing happens by itself:
/// `advance(to:)` moves time and sounds what falls due, so that tests never wait.
public final class EmbeddedTransport: MIDITransport {
    /// What time it is.
    public enum Clock: Sendable {
        /// The kernel's monotonic clock; an output thread sounds what is due.
        case system
        /// Moved by `advance(to:)` alone.
        case virtual
    }

    public let name = "embedded"
    public var eventDescriptor: Int32 { arrived.descriptor }
    /// Readable while sounded messages wait for `drainSounded`.
    public var soundedDescriptor: Int32 { heard.descriptor }

    private let clock: Clock
    private let start = MonotonicClock.nanoseconds
    private let virtualTime = Atomic<Int64>(0)
    private let state: Mutex<EmbeddedState>
    private let arrived = EventSignal()
    private let heard = EventSignal()
    private let output: OutputThread?
    private let thruTimes = DurationHistogram()
    private let lateness: DurationHistogram

    public init(clock: Clock = .system) {
        self.clock = clock
        let lateness = DurationHistogram()
        self.lateness = lateness
        state = Mutex(EmbeddedState(lateness: lateness))
        guard clock == .system else {
            output = nil
            return
        }
        let output = OutputThread()
        self.output = output
        output.start { [weak self] in self?.soundDue() }
    }

    deinit { output?.abandon() }

    // MARK: ports of the program

    /// Adds a port that can be listened to.
    ///
    /// - Parameter card: pretends to belong to a sound card, so that a device monitor's keyboard finds its port.
    public func addSource(_ portName: String, client clientName: String = "Embedded", card: Int? = nil) -> PortAddress {
        add(portName, clientName, card: card, isSource: true, isDestination: false, isSynthesizer: false)
    }

    /// Adds a port that can be played to.
    public func addDestination(
        _ portName: String, client clientName: String = "Embedded", card: Int? = nil, isSynthesizer: Bool = true
    ) -> PortAddress {
        add(portName, clientName, card: card, isSource: false, isDestination: true, isSynthesizer: isSynthesizer)
    }

    /// Adds a port that can be listened to and played to, as most keyboards have.
    public func addPort(_ portName: String, client clientName: String = "Embedded", card: Int? = nil) -> PortAddress {
        add(portName, clientName, card: card, isSource: true, isDestination: true, isSynthesizer: false)
    }

    /// Takes a port away, as pulling its cable does.
    public func removePort(_ address: PortAddress) {
        update { $0.remove(address, at: now()) }
    }

    private func add(
        _ portName: String, _ clientName: String, card: Int?, isSource: Bool, isDestination: Bool, isSynthesizer: Bool
    ) -> PortAddress {
        update { state in
            let info = PortInfo(
                address: state.freeAddress(), clientName: clientName, portName: portName, card: card,
                isSource: isSource,
                isDestination: isDestination, isSynthesizer: isSynthesizer)
            state.add(info, at: now())
            return info.address
        }
    }

    // MARK: playing and hearing

    /// Plays a message on a source, as a key or a script does. Heard only while the source is listened to.
    public func inject(_ message: MIDIMessage, from source: PortAddress) {
        let time = now()
        let wentThru = update { $0.inject(message, from: source, at: time) }
        if wentThru { thruTimes.add((now() - time).count) }
    }

    /// Plays a system exclusive message (0xF0 ... 0xF7) on a source.
    public func inject(systemExclusive bytes: [UInt8], from source: PortAddress) {
        update { $0.inject(systemExclusive: bytes, from: source, at: now()) }
    }

    /// Pretends that input was lost, as a real sequencer's overflow does.
    public func injectGap() {
        update { $0.gap(at: now()) }
    }

    /// Takes what sounded since the last call, in the order in which it sounded. The newest
    /// `EmbeddedTransport.memory` messages are kept for a caller who comes late.
    public func drainSounded() -> [SoundedMessage] {
        heard.clear()
        return state.withLock { $0.drainSounded() }
    }

    /// Takes what was announced on the port `State` since the last call; the newest `EmbeddedTransport.announcements` are kept.
    public func drainAnnounced() -> [MIDIMessage] { state.withLock { $0.drainAnnounced() } }

    /// How many announced messages are kept while nobody drains them.
    public static let announcements = 256

    /// How many sounded messages are kept while nobody drains them.
    public static let memory = 65_536

    /// Moves the virtual clock and sounds everything that falls due, each at its own time.
    ///
    /// - Precondition: the clock is virtual; time does not go back.
    public func advance(to time: Instant) {
        precondition(clock == .virtual, "only a virtual clock is moved by hand")
        precondition(time >= now(), "time does not go back")
        update { state in
            state.soundDue(at: time, jumpingFrom: now())
            virtualTime.store(time.nanoseconds, ordering: .releasing)
        }
    }

    /// Moves the virtual clock on.
    public func advance(by length: Nanoseconds) { advance(to: now() + length) }

    // MARK: MIDITransport

    public func now() -> Instant {
        switch clock {
        case .system: Instant(nanoseconds: MonotonicClock.nanoseconds - start)
        case .virtual: Instant(nanoseconds: virtualTime.load(ordering: .acquiring))
        }
    }

    public func nextEvent() -> TransportEvent? {
        arrived.clear()
        return state.withLock { state in
            let event = state.nextEvent()
            if state.hasEvents { arrived.raise() }
            return event
        }
    }

    public func ports() throws(TransportError) -> [PortInfo] { state.withLock { $0.ports } }

    public func listen(to source: PortAddress) throws(TransportError) {
        let isSource = state.withLock { $0.listen(to: source) }
        guard isSource else {
            throw TransportError(action: "listen to \(source)", cause: "no such source", advice: "list the ports anew")
        }
    }

    public func stopListening(to source: PortAddress) {
        update { $0.stopListening(to: source, at: now()) }
    }

    public func startPlaying(to destination: PortAddress) throws(TransportError) {
        let isDestination = state.withLock { $0.startPlaying(to: destination) }
        guard isDestination else {
            throw TransportError(
                action: "play to \(destination)", cause: "no such destination", advice: "list the ports anew")
        }
    }

    public func stopPlaying(to destination: PortAddress) {
        update { $0.stopPlaying(to: destination, at: now()) }
    }

    public func setThru(_ routes: [ThruRoute]) {
        let table = ThruTable(routes)
        update { $0.setThru(table, at: now()) }
    }

    public func send(_ message: MIDIMessage, to destination: PortAddress) {
        update { $0.send(message, to: destination, at: now()) }
    }

    public func tell(_ message: MIDIMessage, to destination: PortAddress) {
        update { $0.tell(message, to: destination, at: now()) }
    }

    public func send(systemExclusive bytes: [UInt8], to destination: PortAddress) {
        update { $0.send(systemExclusive: bytes, to: destination, at: now()) }
    }

    public func announce(_ message: MIDIMessage) { state.withLock { $0.announce(message) } }

    public func schedule(_ messages: [ScheduledMessage]) -> Int {
        let taken = update { $0.schedule(messages, at: now()) }
        output?.reconsider()
        return taken
    }

    public func silence(_ destination: PortAddress?, thru: Bool) {
        update { $0.silence(destination, thru: thru, at: now()) }
    }

    public var impairments: [String] { output?.impairments ?? [] }

    public var counters: TransportCounters { state.withLock { $0.counters } }

    public var timings: TransportTimings {
        TransportTimings(thru: thruTimes.snapshot, lateness: lateness.snapshot)
    }

    public func close() {
        output?.stop()
        update { $0.close(at: now()) }
    }

    // MARK: inside

    /// Changes the state, then raises the signals for what the change produced.
    @discardableResult
    private func update<Value: Sendable>(_ body: (inout EmbeddedState) -> Value) -> Value {
        state.withLock { state in
            let value = body(&state)
            if state.hasEvents { arrived.raise() }
            if state.hasSounded { heard.raise() }
            return value
        }
    }

    /// Sounds what is due.
    ///
    /// - Returns: the monotonic time of what comes next; nil when nothing is scheduled.
    private func soundDue() -> Int64? {
        update { state in
            state.soundDue(at: now())
            return state.nextDue.map { start + $0.nanoseconds }
        }
    }
}

/// A message as it sounded on an embedded destination.
public struct SoundedMessage: Hashable, Sendable {
    public enum Content: Hashable, Sendable {
        case message(MIDIMessage)
        case systemExclusive([UInt8])
    }

    /// Why it sounded.
    public enum Origin: Hashable, Sendable {
        case scheduled
        case thru
        case sent
        /// A release made by `silence`, `stopPlaying`, `setThru` or `close`.
        case release
    }

    /// When it sounded.
    public var time: Instant
    /// When it should have sounded; equal to `time` for everything that was not scheduled.
    public var due: Instant
    public var destination: PortAddress
    public var content: Content
    public var origin: Origin

    /// The short message; nil for system exclusive.
    public var message: MIDIMessage? {
        guard case .message(let message) = content else { return nil }
        return message
    }
}
