import MIDI
import Music
import Transport

/// What lies in the kernel's queue, and what the band holds on each destination. Fixed size; the output thread's alone.
///
/// We do not hear when the kernel has sent a message, only when it is due. So beginnings count as soon as they may have
/// sounded and endings only once they must have: a release may then be sent twice, never missed.
struct InFlight: ~Copyable {
    private struct Voice: BitwiseCopyable {
        var destination: PortAddress
        var sounding: SoundingNotes
    }

    private let messages: UnsafeMutablePointer<ScheduledMessage>
    private var first = 0
    private var end = 0
    private let voices: UnsafeMutablePointer<Voice>
    private var voiceCount = 0

    static let capacity = 4_096
    static let voiceLimit = 64
    /// After this much the kernel has sent what was due.
    static let certainty = Nanoseconds.milliseconds(50)
    /// Before this much it may have sent what will be due.
    static let haste = Nanoseconds.milliseconds(2)

    init() {
        messages = .allocate(capacity: InFlight.capacity)
        voices = .allocate(capacity: InFlight.voiceLimit)
    }

    deinit {
        messages.deallocate()
        voices.deallocate()
    }

    var isFull: Bool { end - first >= InFlight.capacity }

    /// Notes that the queue has taken a message.
    ///
    /// - Precondition: not full.
    mutating func add(_ message: ScheduledMessage) {
        (messages + end % InFlight.capacity).initialize(to: message)
        end += 1
    }

    /// Notes a message that was played at once.
    mutating func played(_ message: MIDIMessage, on destination: PortAddress) {
        guard let index = voice(of: destination) else { return }
        voices[index].sounding.follow(message)
    }

    /// Moves what has certainly sounded out of the queue's list.
    mutating func settle(at now: Instant) {
        while first < end {
            let message = messages[first % InFlight.capacity]
            guard message.time + InFlight.certainty <= now else { return }
            first += 1
            if let index = voice(of: message.destination) { voices[index].sounding.follow(message.message) }
        }
    }

    /// After the queue's messages were taken back: forgets those that did not sound, and hands out what ends the rest.
    ///
    /// - Parameter destination: nil for all.
    mutating func silence(
        _ destination: PortAddress?, at now: Instant, _ emit: (PortAddress, MIDIMessage) -> Void
    ) {
        settle(at: now)
        var kept = first
        for index in first..<end {
            let message = messages[index % InFlight.capacity]
            if let destination, message.destination != destination {
                messages[kept % InFlight.capacity] = message
                kept += 1
            } else if message.time <= now + InFlight.haste, let voice = voice(of: message.destination) {
                voices[voice].sounding.followBeginning(message.message)
            }
        }
        end = kept
        for index in 0..<voiceCount where destination == nil || voices[index].destination == destination {
            let address = voices[index].destination
            voices[index].sounding.releaseAll { emit(address, $0) }
        }
    }

    /// Forgets a destination that is gone, and everything meant for it.
    mutating func forget(_ destination: PortAddress) {
        var kept = first
        for index in first..<end where messages[index % InFlight.capacity].destination != destination {
            messages[kept % InFlight.capacity] = messages[index % InFlight.capacity]
            kept += 1
        }
        end = kept
        guard let index = (0..<voiceCount).first(where: { voices[$0].destination == destination }) else { return }
        voiceCount -= 1
        voices[index] = voices[voiceCount]
    }

    private mutating func voice(of destination: PortAddress) -> Int? {
        for index in 0..<voiceCount where voices[index].destination == destination { return index }
        guard voiceCount < InFlight.voiceLimit else { return nil }
        (voices + voiceCount).initialize(to: Voice(destination: destination, sounding: SoundingNotes()))
        voiceCount += 1
        return voiceCount - 1
    }
}
