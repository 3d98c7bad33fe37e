internal import CALSA
import MIDI
import Music
import RealTime
import Synchronization
import Transport

/// What the conductor tells the input thread.
struct InputCommand: BitwiseCopyable, Sendable {
    enum Kind: UInt8, BitwiseCopyable, Sendable {
        /// `table` holds a retained `ThruTable`.
        case setThru
        /// Release what sounds thru on `destination`, or everywhere for `everywhere`.
        case release
        /// `destination` is gone.
        case forget
        /// Release what came from `destination`, a source that nobody listens to any more.
        case releaseSource
    }
    var kind: Kind
    var destination: PortAddress = everywhere
    var table: UInt = 0

    static let everywhere = PortAddress(client: 255, port: 255)
}

/// The input thread: reads the sequencer, passes thru, hands everything to the conductor. It allocates and locks nothing.
final class InputLoop: @unchecked Sendable {
    // Why this is Sendable: what is not atomic, a ring or a signal belongs to the input thread once it runs.

    /// Marks an exit of a whole client in an event's source.
    static let everyPort: UInt8 = 255

    let events = Ring<TransportEvent>(capacity: 8_192)
    let commands = Ring<InputCommand>(capacity: 256)
    /// Tables that the thread has put away, to be freed by the conductor.
    let retired = Ring<UInt>(capacity: 256)
    /// Who has connected to our state port, for the output thread.
    let newcomers = Ring<PortAddress>(capacity: 64)
    let arrived = EventSignal()
    let wake = EventSignal()
    /// Raised for the output thread once a newcomer waits.
    private let newcomerWaits: EventSignal
    let isStopping = Atomic<Bool>(false)

    private let client: SequencerClient
    private let counters: SharedCounters
    private var thru: Unmanaged<ThruTable>
    /// Input was lost and the ring had no place to say so.
    private var owesGap = false
    /// How many messages this thread has sent.
    private var sentThru = 0

    init(client: SequencerClient, counters: SharedCounters, newcomerWaits: EventSignal) {
        self.client = client
        self.counters = counters
        self.newcomerWaits = newcomerWaits
        thru = .passRetained(ThruTable([]))
    }

    deinit {
        thru.release()
        while let table = retired.pop() { InputLoop.table(table)?.release() }
        while let command = commands.pop() { InputLoop.table(command.table)?.release() }
    }

    static func table(_ bits: UInt) -> Unmanaged<ThruTable>? {
        UnsafeRawPointer(bitPattern: bits).map { Unmanaged.fromOpaque($0) }
    }

    /// Runs until it is told to stop, then releases what sounds thru.
    func run() {
        var polled = (
            pollfd(fd: client.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: wake.descriptor, events: Int16(POLLIN), revents: 0)
        )
        while !isStopping.load(ordering: .acquiring) {
            _ = withUnsafeMutableBytes(of: &polled) { bytes in
                // A tuple of equal structs lies in memory like an array of them.
                poll(bytes.baseAddress?.assumingMemoryBound(to: pollfd.self), 2, -1)
            }
            if wake.clear() { obey() }
            if readAll() { arrived.raise() }
        }
        release()
    }

    private func obey() {
        while let command = commands.pop() {
            switch command.kind {
            case .setThru:
                guard let table = InputLoop.table(command.table) else { continue }
                let previous = thru
                table._withUnsafeGuaranteedRef { new in
                    previous._withUnsafeGuaranteedRef { old in new.adopt(old) { play($1, to: $0) } }
                }
                thru = table
                // The conductor frees retired tables before it sends a new one, so there is room.
                _ = retired.push(UInt(bitPattern: previous.toOpaque()))
            case .release where command.destination == InputCommand.everywhere: release()
            case .release:
                thru._withUnsafeGuaranteedRef { $0.release(destination: command.destination) { play($1, to: $0) } }
            case .releaseSource:
                thru._withUnsafeGuaranteedRef { $0.release(source: command.destination) { play($1, to: $0) } }
            case .forget:
                thru._withUnsafeGuaranteedRef { $0.forget(destination: command.destination) }
            }
        }
    }

    /// Reads until nothing waits.
    ///
    /// - Returns: whether something was handed over.
    private func readAll() -> Bool {
        var handedOver = false
        while true {
            var event: UnsafeMutablePointer<snd_seq_event_t>?
            let code = snd_seq_event_input(client.handle, &event)
            if code == -ENOSPC {
                // The kernel has cleared the whole input: note-offs may be among what was lost.
                counters.overruns.add(1, ordering: .relaxed)
                release()
                owesGap = true
                handedOver = true
                continue
            }
            guard code >= 0, let event else { break }
            if measureLateness(event) { continue }
            receive(event)
            handedOver = true
        }
        if owesGap { payGap() }
        return handedOver
    }

    /// Takes an event that we sent ourselves beside a scheduled message: what the kernel's queue stamped on it is when that was sent.
    private func measureLateness(_ event: UnsafeMutablePointer<snd_seq_event_t>) -> Bool {
        guard let due = event.pointee.due, event.pointee.source.client == client.number else { return false }
        counters.lateness.add((event.pointee.stamp - due).count)
        return true
    }

    private func receive(_ event: UnsafeMutablePointer<snd_seq_event_t>) {
        let source = PortAddress(event.pointee.source)
        switch snd_seq_event_type(UInt32(event.pointee.type)) {
        case SND_SEQ_EVENT_PORT_START, SND_SEQ_EVENT_PORT_CHANGE:
            announce(.portStarted, PortAddress(event.pointee.data.addr), event.pointee.stamp)
        case SND_SEQ_EVENT_PORT_EXIT:
            let gone = PortAddress(event.pointee.data.addr)
            thru._withUnsafeGuaranteedRef { $0.release(source: gone) { play($1, to: $0) } }
            announce(.portExited, gone, event.pointee.stamp)
        case SND_SEQ_EVENT_CLIENT_EXIT:
            let gone = event.pointee.data.addr.client
            thru._withUnsafeGuaranteedRef { $0.release(sourceClient: gone) { play($1, to: $0) } }
            announce(.portExited, PortAddress(client: gone, port: InputLoop.everyPort), event.pointee.stamp)
        case SND_SEQ_EVENT_PORT_SUBSCRIBED:
            // Told by the system alone, about our state port. Where the ring is full there are others to be told first.
            guard source.client == 0, PortAddress(event.pointee.data.connect.sender) == client.state else { return }
            if newcomers.push(PortAddress(event.pointee.data.connect.dest)) { newcomerWaits.raise() }
        case SND_SEQ_EVENT_SYSEX:
            counters.received.add(1, ordering: .relaxed)
            pushSystemExclusive(event, from: source)
        default:
            // Active sensing says nothing here and would only fill the ring.
            guard let message = event.pointee.message, message.status != 0xFE else { return }
            counters.received.add(1, ordering: .relaxed)
            let before = sentThru
            thru._withUnsafeGuaranteedRef {
                $0.pass(message, from: source, at: event.pointee.stamp) { play($1, to: $0) }
            }
            if sentThru != before, client.isCalibrated { counters.thru.add((client.now() - event.pointee.stamp).count) }
            push(TransportEvent(time: event.pointee.stamp, source: source, message: message))
        }
    }

    private func announce(_ kind: TransportEvent.Kind, _ port: PortAddress, _ time: Instant) {
        guard port.client != client.number else { return }
        push(TransportEvent(time: time, source: port, kind: kind))
    }

    private func pushSystemExclusive(_ event: UnsafeMutablePointer<snd_seq_event_t>, from source: PortAddress) {
        // The bytes lie in the library's buffer until the next read: they are copied into the ring now.
        guard let bytes = event.pointee.data.ext.ptr else { return }
        let raw = UnsafeRawBufferPointer(start: bytes, count: Int(event.pointee.data.ext.len))
        var index = 0
        while index < raw.count {
            var piece = TransportEvent(time: event.pointee.stamp, source: source, kind: .systemExclusive)
            while index < raw.count, piece.count < 16 {
                piece.bytes[Int(piece.count)] = raw[index]
                piece.count += 1
                index += 1
            }
            push(piece)
        }
    }

    private func push(_ event: TransportEvent) {
        if owesGap { payGap() }
        if owesGap || !events.push(event) {
            if !owesGap { counters.overruns.add(1, ordering: .relaxed) }
            owesGap = true
        }
    }

    private func payGap() {
        owesGap = !events.push(TransportEvent(time: client.now(), source: PortAddress(client: 0, port: 0), kind: .gap))
    }

    private func release() {
        thru._withUnsafeGuaranteedRef { $0.release { play($1, to: $0) } }
    }

    /// Plays now, past the queue. One fixed-size event is one system call and uses no buffer of the library.
    private func play(_ message: MIDIMessage, to destination: PortAddress) {
        guard var event = snd_seq_event_t(message) else { return }
        event.address(from: client.output.port, to: destination)
        if snd_seq_event_output_direct(client.handle, &event) >= 0 {
            counters.sent.add(1, ordering: .relaxed)
            sentThru &+= 1
        } else {
            counters.sendFailures.add(1, ordering: .relaxed)
        }
    }
}
