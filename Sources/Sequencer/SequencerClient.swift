internal import CALSA
import Music
import RealTime
import Synchronization
import Transport

/// Our client on the sequencer: its ports, its pools, its queue. Opened once; closed with the last reference.
final class SequencerClient: @unchecked Sendable {
    // Why this is Sendable: after `init` nothing here changes. Of the library's calls, the input thread alone reads
    // events, the output thread alone uses the output buffer and removes events; the input thread writes single fixed-size
    // events past that buffer, and the conductor makes requests that are one ioctl each. These touch no common memory of
    // the library, and the kernel serialises them.

    let handle: OpaquePointer
    let number: UInt8
    let input: PortAddress
    let output: PortAddress
    /// Where the state is announced to whoever connects.
    let state: PortAddress
    let queue: Int32
    /// The queue's zero on the monotonic clock. The two drift apart by some parts in a million, so it is measured anew.
    private let zero: Atomic<Int64>
    private let measured: Atomic<Int64>
    let impairments: [String]

    /// How often the queue looks for what is due, in Hz.
    static let timerFrequency: UInt32 = 4_000
    /// The most events that the kernel keeps for a client, in each direction.
    static let poolSize = 2_000

    init(name: String) throws(TransportError) {
        var opened: OpaquePointer?
        try check(
            snd_seq_open(&opened, "default", SND_SEQ_OPEN_DUPLEX, SND_SEQ_NONBLOCK), "snd_seq_open",
            to: "open the sequencer")
        guard let seq = opened else {
            throw TransportError(action: "open the sequencer", cause: "snd_seq_open returned no handle")
        }
        do throws(TransportError) {
            try check(snd_seq_set_client_name(seq, name), "snd_seq_set_client_name", to: "name the client \(name)")
            // Before anything is subscribed: resizing later can lose events.
            try check(
                snd_seq_set_client_pool_input(seq, SequencerClient.poolSize), "snd_seq_set_client_pool_input",
                to: "make room for \(SequencerClient.poolSize) input events")
            try check(
                snd_seq_set_client_pool_output(seq, SequencerClient.poolSize), "snd_seq_set_client_pool_output",
                to: "make room for \(SequencerClient.poolSize) output events")
            try check(
                snd_seq_set_client_pool_output_room(seq, 64), "snd_seq_set_client_pool_output_room",
                to: "set when output may go on")
            let eventSize = MemoryLayout<snd_seq_event_t>.stride
            try check(
                snd_seq_set_input_buffer_size(seq, SequencerClient.poolSize * eventSize),
                "snd_seq_set_input_buffer_size", to: "enlarge the input buffer")

            let client = UInt8(try check(snd_seq_client_id(seq), "snd_seq_client_id", to: "learn our client number"))
            let queue = try check(snd_seq_alloc_named_queue(seq, name), "snd_seq_alloc_named_queue", to: "get a queue")
            impairments = try SequencerClient.setTimer(seq, queue)
            let input = try SequencerClient.createPort(
                seq, "Keyboard", UInt32(SND_SEQ_PORT_CAP_WRITE | SND_SEQ_PORT_CAP_SUBS_WRITE), stampedBy: queue)
            let output = try SequencerClient.createPort(
                seq, "Band", UInt32(SND_SEQ_PORT_CAP_READ | SND_SEQ_PORT_CAP_SUBS_READ), stampedBy: nil)
            let state = try SequencerClient.createPort(
                seq, "State", UInt32(SND_SEQ_PORT_CAP_READ | SND_SEQ_PORT_CAP_SUBS_READ), stampedBy: nil)
            try check(
                snd_seq_control_queue(seq, queue, Int32(SND_SEQ_EVENT_START.rawValue), 0, nil), "snd_seq_control_queue",
                to: "start the queue")
            try check(snd_seq_drain_output(seq), "snd_seq_drain_output", to: "start the queue")
            zero = Atomic(try SequencerClient.measureZero(seq, queue))
            measured = Atomic(MonotonicClock.nanoseconds)

            self.queue = queue
            self.input = PortAddress(client: client, port: input)
            self.output = PortAddress(client: client, port: output)
            self.state = PortAddress(client: client, port: state)
            number = client
            handle = seq
        } catch {
            snd_seq_close(seq)
            throw error
        }
    }

    deinit {
        snd_seq_free_queue(handle, queue)
        snd_seq_close(handle)
    }

    /// The queue's real time, from the monotonic clock. Costs no system call.
    func now() -> Instant { Instant(nanoseconds: MonotonicClock.nanoseconds - zero.load(ordering: .acquiring)) }

    /// Whether the clocks were compared so lately that a measurement of microseconds means something.
    var isCalibrated: Bool { MonotonicClock.nanoseconds - measured.load(ordering: .relaxed) < 2_000_000_000 }

    /// Compares the clocks anew where that was last done more than a second ago. From the conductor's thread alone.
    func recalibrate() {
        let now = MonotonicClock.nanoseconds
        guard now - measured.load(ordering: .relaxed) > 1_000_000_000,
            let anew = try? SequencerClient.measureZero(handle, queue, readings: 4)
        else { return }
        zero.store(anew, ordering: .releasing)
        measured.store(now, ordering: .relaxed)
    }

    /// How far `now` is from the kernel's own queue time. For checks.
    func clockError() throws(TransportError) -> Nanoseconds {
        Nanoseconds(zero.load(ordering: .acquiring) - (try SequencerClient.measureZero(handle, queue)))
    }

    /// The descriptor on which events arrive and output room is signalled.
    var descriptor: Int32 {
        var polled = pollfd()
        _ = snd_seq_poll_descriptors(handle, &polled, 1, Int16(POLLIN))
        return polled.fd
    }

    // MARK: requests

    func subscribe(from source: PortAddress) throws(TransportError) {
        let subscription = try Subscription(from: source, to: input)
        snd_seq_port_subscribe_set_queue(subscription.raw, queue)
        snd_seq_port_subscribe_set_time_update(subscription.raw, 1)
        snd_seq_port_subscribe_set_time_real(subscription.raw, 1)
        try subscribe(subscription, to: "listen to \(source)")
    }

    func subscribe(to destination: PortAddress) throws(TransportError) {
        try subscribe(try Subscription(from: output, to: destination), to: "play to \(destination)")
    }

    func unsubscribe(from source: PortAddress) {
        guard let subscription = try? Subscription(from: source, to: input) else { return }
        snd_seq_unsubscribe_port(handle, subscription.raw)
    }

    func unsubscribe(to destination: PortAddress) {
        guard let subscription = try? Subscription(from: output, to: destination) else { return }
        snd_seq_unsubscribe_port(handle, subscription.raw)
    }

    private func subscribe(_ subscription: borrowing Subscription, to action: String) throws(TransportError) {
        // Connected already, by us or by a patchbay: just as well.
        if snd_seq_get_port_subscription(handle, subscription.raw) == 0 { return }
        try check(snd_seq_subscribe_port(handle, subscription.raw), "snd_seq_subscribe_port", to: action)
    }

    /// All ports of other clients that can be connected, the system's own excepted.
    func ports() throws(TransportError) -> [PortInfo] {
        let client = try ClientInfo()
        let port = try PortInformation()
        var found: [PortInfo] = []
        snd_seq_client_info_set_client(client.raw, -1)
        while snd_seq_query_next_client(handle, client.raw) >= 0 {
            let number = snd_seq_client_info_get_client(client.raw)
            guard number != 0, number != Int32(self.number) else { continue }
            let clientName = String(cString: snd_seq_client_info_get_name(client.raw))
            let card = snd_seq_client_info_get_card(client.raw)
            snd_seq_port_info_set_client(port.raw, number)
            snd_seq_port_info_set_port(port.raw, -1)
            while snd_seq_query_next_port(handle, port.raw) >= 0 {
                let capability = snd_seq_port_info_get_capability(port.raw)
                let type = snd_seq_port_info_get_type(port.raw)
                func can(_ wanted: Int32) -> Bool { capability & UInt32(wanted) == UInt32(wanted) }
                guard !can(SND_SEQ_PORT_CAP_NO_EXPORT) else { continue }
                let makesSound = SND_SEQ_PORT_TYPE_SYNTHESIZER | SND_SEQ_PORT_TYPE_SYNTH
                found.append(
                    PortInfo(
                        address: PortAddress(
                            client: UInt8(number), port: UInt8(truncatingIfNeeded: snd_seq_port_info_get_port(port.raw))
                        ),
                        clientName: clientName, portName: String(cString: snd_seq_port_info_get_name(port.raw)),
                        card: card >= 0 ? Int(card) : nil,
                        isSource: can(SND_SEQ_PORT_CAP_READ | SND_SEQ_PORT_CAP_SUBS_READ),
                        isDestination: can(SND_SEQ_PORT_CAP_WRITE | SND_SEQ_PORT_CAP_SUBS_WRITE),
                        isSynthesizer: type & UInt32(makesSound) != 0))
            }
        }
        return found
    }

    // MARK: setting up

    private static func createPort(
        _ seq: OpaquePointer, _ name: String, _ capability: UInt32, stampedBy queue: Int32?
    ) throws(TransportError) -> UInt8 {
        let port = try PortInformation()
        snd_seq_port_info_set_name(port.raw, name)
        snd_seq_port_info_set_capability(port.raw, capability)
        snd_seq_port_info_set_type(
            port.raw,
            UInt32(SND_SEQ_PORT_TYPE_MIDI_GENERIC | SND_SEQ_PORT_TYPE_SOFTWARE | SND_SEQ_PORT_TYPE_APPLICATION))
        snd_seq_port_info_set_midi_channels(port.raw, 16)
        if let queue {
            snd_seq_port_info_set_timestamping(port.raw, 1)
            snd_seq_port_info_set_timestamp_real(port.raw, 1)
            snd_seq_port_info_set_timestamp_queue(port.raw, queue)
        }
        try check(snd_seq_create_port(seq, port.raw), "snd_seq_create_port", to: "create the port \(name)")
        return UInt8(truncatingIfNeeded: snd_seq_port_info_get_port(port.raw))
    }

    /// Puts the queue on the high-resolution timer at 4 kHz; by default it would look only once a millisecond.
    private static func setTimer(_ seq: OpaquePointer, _ queue: Int32) throws(TransportError) -> [String] {
        let timer = try QueueTimer()
        try check(
            snd_seq_get_queue_timer(seq, queue, timer.raw), "snd_seq_get_queue_timer", to: "read the queue's timer")
        snd_seq_queue_timer_set_resolution(timer.raw, timerFrequency)
        let highResolution = try TimerID()
        snd_timer_id_set_class(highResolution.raw, Int32(SND_TIMER_CLASS_GLOBAL.rawValue))
        snd_timer_id_set_sclass(highResolution.raw, Int32(SND_TIMER_SCLASS_NONE.rawValue))
        snd_timer_id_set_card(highResolution.raw, -1)
        snd_timer_id_set_device(highResolution.raw, Int32(SND_TIMER_GLOBAL_HRTIMER))
        snd_timer_id_set_subdevice(highResolution.raw, 0)
        snd_seq_queue_timer_set_type(timer.raw, SND_SEQ_TIMER_ALSA)
        snd_seq_queue_timer_set_id(timer.raw, highResolution.raw)
        let code = snd_seq_set_queue_timer(seq, queue, timer.raw)
        if code >= 0 { return [] }
        let reason = String(cString: snd_strerror(code))
        try check(
            snd_seq_get_queue_timer(seq, queue, timer.raw), "snd_seq_get_queue_timer", to: "read the queue's timer")
        snd_seq_queue_timer_set_resolution(timer.raw, timerFrequency)
        try check(
            snd_seq_set_queue_timer(seq, queue, timer.raw), "snd_seq_set_queue_timer", to: "set the queue's timer")
        return ["the band's timing may be coarse: no high-resolution timer (\(reason)); try: modprobe snd-hrtimer"]
    }

    /// The monotonic time at the queue's zero: the best of several readings, framed by the clock.
    private static func measureZero(
        _ seq: OpaquePointer, _ queue: Int32, readings: Int = 16
    ) throws(TransportError) -> Int64 {
        let status = try QueueStatus()
        var best = (width: Int64.max, zero: Int64(0))
        for _ in 0..<readings {
            let before = MonotonicClock.nanoseconds
            try check(
                snd_seq_get_queue_status(seq, queue, status.raw), "snd_seq_get_queue_status",
                to: "read the queue's clock")
            let after = MonotonicClock.nanoseconds
            if after - before < best.width { best = (after - before, (before + after) / 2 - status.nanoseconds) }
        }
        return best.zero
    }
}
