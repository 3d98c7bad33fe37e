internal import CALSA
import Transport

// ALSA hands out every object as the same opaque pointer; each gets a type of its own here, and is freed with it.

struct ClientInfo: ~Copyable {
    let raw: OpaquePointer
    init() throws(TransportError) {
        var pointer: OpaquePointer?
        try check(snd_seq_client_info_malloc(&pointer), "snd_seq_client_info_malloc", to: "list sequencer clients")
        raw = try allocated(pointer)
    }
    deinit { snd_seq_client_info_free(raw) }
}

struct PortInformation: ~Copyable {
    let raw: OpaquePointer
    init() throws(TransportError) {
        var pointer: OpaquePointer?
        try check(snd_seq_port_info_malloc(&pointer), "snd_seq_port_info_malloc", to: "describe a port")
        raw = try allocated(pointer)
    }
    deinit { snd_seq_port_info_free(raw) }
}

struct Subscription: ~Copyable {
    let raw: OpaquePointer
    init(from sender: PortAddress, to destination: PortAddress) throws(TransportError) {
        var pointer: OpaquePointer?
        try check(snd_seq_port_subscribe_malloc(&pointer), "snd_seq_port_subscribe_malloc", to: "connect ports")
        raw = try allocated(pointer)
        var from = sender.alsa
        var to = destination.alsa
        snd_seq_port_subscribe_set_sender(raw, &from)
        snd_seq_port_subscribe_set_dest(raw, &to)
    }
    deinit { snd_seq_port_subscribe_free(raw) }
}

struct QueueTimer: ~Copyable {
    let raw: OpaquePointer
    init() throws(TransportError) {
        var pointer: OpaquePointer?
        try check(snd_seq_queue_timer_malloc(&pointer), "snd_seq_queue_timer_malloc", to: "set the queue's timer")
        raw = try allocated(pointer)
    }
    deinit { snd_seq_queue_timer_free(raw) }
}

struct TimerID: ~Copyable {
    let raw: OpaquePointer
    init() throws(TransportError) {
        var pointer: OpaquePointer?
        try check(snd_timer_id_malloc(&pointer), "snd_timer_id_malloc", to: "set the queue's timer")
        raw = try allocated(pointer)
    }
    deinit { snd_timer_id_free(raw) }
}

struct QueueStatus: ~Copyable {
    let raw: OpaquePointer
    init() throws(TransportError) {
        var pointer: OpaquePointer?
        try check(snd_seq_queue_status_malloc(&pointer), "snd_seq_queue_status_malloc", to: "read the queue's clock")
        raw = try allocated(pointer)
    }
    deinit { snd_seq_queue_status_free(raw) }

    /// The queue's real time in nanoseconds.
    var nanoseconds: Int64 {
        guard let time = snd_seq_queue_status_get_real_time(raw) else { return 0 }
        return Int64(time.pointee.tv_sec) * 1_000_000_000 + Int64(time.pointee.tv_nsec)
    }
}

/// What to take back from the queues.
struct Removal: ~Copyable {
    let raw: OpaquePointer
    init() throws(TransportError) {
        var pointer: OpaquePointer?
        try check(
            snd_seq_remove_events_malloc(&pointer), "snd_seq_remove_events_malloc", to: "prepare to stop playback")
        raw = try allocated(pointer)
    }
    deinit { snd_seq_remove_events_free(raw) }
}

/// A malloc of ALSA that reported success has set its pointer; this says so where it has not.
private func allocated(_ pointer: OpaquePointer?) throws(TransportError) -> OpaquePointer {
    guard let pointer else {
        throw TransportError(action: "use the ALSA library", cause: "it returned no object", code: -ENOMEM)
    }
    return pointer
}

extension PortAddress {
    var alsa: snd_seq_addr_t { snd_seq_addr_t(client: client, port: port) }
    init(_ address: snd_seq_addr_t) { self.init(client: address.client, port: address.port) }

    /// Where the kernel announces clients and ports that come and go.
    static let announcements = PortAddress(client: 0, port: 1)
}
