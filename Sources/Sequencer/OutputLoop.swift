internal import CALSA
import MIDI
import Music
import RealTime
import Synchronization
import Transport

/// What the conductor tells the output thread.
struct OutputCommand: BitwiseCopyable, Sendable {
    enum Kind: UInt8, BitwiseCopyable, Sendable {
        case schedule
        case send
        /// The same for what is no music.
        case tell
        /// The next 1...16 bytes of a system exclusive message; 0xF7 ends it.
        case systemExclusive
        case silence
        case forget
        /// To whoever has connected to the state port.
        case announce
    }
    var kind: Kind
    var count: UInt8 = 0
    /// `InputCommand.everywhere`: all (silence).
    var destination: PortAddress
    var time = Instant.zero
    var bytes = TransportEvent.InlineBytes()

    init(_ kind: Kind, _ destination: PortAddress) {
        self.kind = kind
        self.destination = destination
    }

    init(_ kind: Kind, _ destination: PortAddress, _ message: MIDIMessage, at time: Instant = .zero) {
        self.init(kind, destination)
        self.time = time
        bytes[0] = message.status
        bytes[1] = message.data1
        bytes[2] = message.data2
    }

    var message: MIDIMessage { MIDIMessage(status: bytes[0], data1: bytes[1], data2: bytes[2]) }
}

/// The output thread: puts the band on the queue and takes it back. It allocates and locks nothing.
final class OutputLoop: @unchecked Sendable {
    // Why this is Sendable: what is not atomic, a ring or a signal belongs to the output thread once it runs.

    let commands = Ring<OutputCommand>(capacity: 4_096)
    let wake: EventSignal
    let isStopping = Atomic<Bool>(false)
    /// How many silences were asked for and how many were made. While they differ, nothing is waited for.
    let silencesAsked = Atomic<Int>(0)
    private var silencesMade = 0

    /// Who has connected to the state port since, from the input thread.
    private let newcomers: Ring<PortAddress>
    /// What the state port said last.
    private var announced: MIDIMessage?

    private let client: SequencerClient
    private let counters: SharedCounters
    private let removal: Removal
    private var inFlight = InFlight()
    private let exclusive: UnsafeMutablePointer<UInt8>
    private var exclusiveCount = 0
    /// When the last system exclusive message has left, at the speed of a MIDI cable.
    private var exclusiveClear = Instant.zero
    /// The next scheduled message from here on is measured.
    private var nextMeasure = Instant.zero

    /// The longest system exclusive message: the buffer of a kernel MIDI port.
    static let exclusiveLimit = 4_096
    /// A byte on a MIDI cable.
    private static let byteLength = Nanoseconds(320_000)
    /// How long system exclusive messages that were sent last may take.
    private static let farewell = Nanoseconds.milliseconds(250)
    /// How often it is measured how late the queue is.
    private static let measuringPeriod = Nanoseconds.milliseconds(50)
    private static let bandTag: UInt8 = 1
    private static let exclusiveTag: UInt8 = 2

    init(
        client: SequencerClient, counters: SharedCounters, wake: EventSignal, newcomers: Ring<PortAddress>
    ) throws(TransportError) {
        let removal = try Removal()
        self.wake = wake
        self.newcomers = newcomers
        self.client = client
        self.counters = counters
        self.removal = removal
        exclusive = .allocate(capacity: OutputLoop.exclusiveLimit)
    }

    deinit { exclusive.deallocate() }

    /// Runs until it is told to stop, then silences everything.
    func run() {
        let alarm = Alarm()
        let descriptor = client.descriptor
        while !isStopping.load(ordering: .acquiring) {
            let isBlocked = work()
            alarm.wait(until: nil, orReadable: wake.descriptor, orWritable: isBlocked ? descriptor : -1)
            wake.clear()
        }
        _ = work()
        silence(InputCommand.everywhere)
        // What waits for its place on the cable ends with the queue: a keyboard's goodbye is given its time.
        let rest = min(exclusiveClear - client.now(), OutputLoop.farewell)
        if rest > .zero { MonotonicClock.sleep(nanoseconds: rest.count) }
    }

    /// Does what was asked for.
    ///
    /// - Returns: whether the kernel's queue is full and something waits.
    private func work() -> Bool {
        inFlight.settle(at: client.now())
        while let newcomer = newcomers.pop() {
            if let announced { announce(announced, to: newcomer.alsa) }
        }
        while let command = commands.peek() {
            if command.kind == .schedule {
                let code = inFlight.isFull ? -EAGAIN : schedule(command)
                let mayWait = silencesAsked.load(ordering: .acquiring) == silencesMade
                if code != -EAGAIN {
                    count(code, scheduled: true)
                } else if mayWait, !isStopping.load(ordering: .acquiring) {
                    return true
                }  // else a silence follows, which would take it back
            } else {
                perform(command)
            }
            _ = commands.pop()
        }
        return false
    }

    private func perform(_ command: OutputCommand) {
        switch command.kind {
        case .schedule: break
        case .send:
            inFlight.played(command.message, on: command.destination)
            play(command.message, to: command.destination)
        case .tell: play(command.message, to: command.destination)
        case .systemExclusive: collect(command)
        case .silence:
            silence(command.destination)
            silencesMade += 1
        case .forget: inFlight.forget(command.destination)
        case .announce:
            announced = command.message
            var everybody = snd_seq_addr_t()
            everybody.client = UInt8(SND_SEQ_ADDRESS_SUBSCRIBERS)
            everybody.port = UInt8(SND_SEQ_ADDRESS_UNKNOWN)
            announce(command.message, to: everybody)
        }
    }

    private func announce(_ message: MIDIMessage, to listeners: snd_seq_addr_t) {
        guard var event = snd_seq_event_t(message) else { return }
        event.source.port = client.state.port
        event.dest = listeners
        event.queue = UInt8(SND_SEQ_QUEUE_DIRECT)
        // Where nobody listens there is nothing to count.
        _ = snd_seq_event_output_direct(client.handle, &event)
    }

    private func schedule(_ command: OutputCommand) -> Int32 {
        guard var event = snd_seq_event_t(command.message) else { return -EINVAL }
        event.address(
            from: client.output.port, to: command.destination, on: UInt8(client.queue), at: command.time,
            tag: OutputLoop.bandTag)
        let code = snd_seq_event_output_direct(client.handle, &event)
        if code >= 0 {
            inFlight.add(
                ScheduledMessage(time: command.time, destination: command.destination, message: command.message))
            measureLateness(at: command.time)
        }
        return code
    }

    /// Has the queue send an event to ourselves beside a scheduled message, so that the input thread sees when it was really sent.
    private func measureLateness(at time: Instant) {
        guard time >= nextMeasure else { return }
        nextMeasure = time + OutputLoop.measuringPeriod
        var event = snd_seq_event_t(due: time)
        event.address(
            from: client.output.port, to: client.input, on: UInt8(client.queue), at: time, tag: OutputLoop.bandTag)
        // Where the queue is full there are notes to be sent first.
        _ = snd_seq_event_output_direct(client.handle, &event)
    }

    private func silence(_ address: PortAddress) {
        let destination = address == InputCommand.everywhere ? nil : address
        var condition = UInt32(SND_SEQ_REMOVE_OUTPUT | SND_SEQ_REMOVE_TAG_MATCH)
        if destination != nil { condition |= UInt32(SND_SEQ_REMOVE_DEST) }
        var target = address.alsa
        snd_seq_remove_events_set_condition(removal.raw, condition)
        snd_seq_remove_events_set_queue(removal.raw, client.queue)
        snd_seq_remove_events_set_tag(removal.raw, Int32(OutputLoop.bandTag))
        snd_seq_remove_events_set_dest(removal.raw, &target)
        snd_seq_remove_events(client.handle, removal.raw)
        inFlight.silence(destination, at: client.now()) { play($1, to: $0) }
    }

    private func play(_ message: MIDIMessage, to destination: PortAddress) {
        guard var event = snd_seq_event_t(message) else { return }
        event.address(from: client.output.port, to: destination)
        count(snd_seq_event_output_direct(client.handle, &event))
    }

    /// Gathers a system exclusive message and sends it whole, no faster than a MIDI cable: the kernel's ports drop a
    /// message that does not fit their buffer.
    private func collect(_ command: OutputCommand) {
        for index in 0..<Int(command.count) where exclusiveCount < OutputLoop.exclusiveLimit {
            exclusive[exclusiveCount] = command.bytes[index]
            exclusiveCount += 1
        }
        guard exclusiveCount > 0, exclusive[exclusiveCount - 1] == 0xF7 else { return }
        let now = client.now()
        let start = max(now, exclusiveClear)
        var event = snd_seq_event_t()
        event.type = UInt8(SND_SEQ_EVENT_SYSEX.rawValue)
        event.flags = UInt8(SND_SEQ_EVENT_LENGTH_VARIABLE)
        if start == now {
            event.address(from: client.output.port, to: command.destination)
        } else {
            event.address(
                from: client.output.port, to: command.destination, on: UInt8(client.queue), at: start,
                tag: OutputLoop.exclusiveTag)
        }
        event.data.ext.len = UInt32(exclusiveCount)
        event.data.ext.ptr = UnsafeMutableRawPointer(exclusive)
        // Through the library's output buffer, which was allocated when the client was opened.
        var code = snd_seq_event_output_buffer(client.handle, &event)
        if code >= 0 { code = snd_seq_drain_output(client.handle) }
        if code < 0 { snd_seq_drop_output_buffer(client.handle) }
        count(code)
        exclusiveClear = start + Nanoseconds(OutputLoop.byteLength.count * Int64(exclusiveCount))
        exclusiveCount = 0
    }

    private func count(_ code: Int32, scheduled: Bool = false) {
        if code >= 0 {
            counters.sent.add(1, ordering: .relaxed)
            if scheduled { counters.scheduled.add(1, ordering: .relaxed) }
        } else {
            counters.sendFailures.add(1, ordering: .relaxed)
        }
    }
}
