import Foundation
import MIDI
import Music
import RealTime
import Synchronization
import Transport

/// What runs beside the band.
enum Condition: String, CaseIterable {
    case alone
    case job = "beside a training job"
    case ordinary = "beside an ordinary process"
}

/// How late things were, in nanoseconds.
struct Figures {
    /// A scheduled message of the band, against its due time.
    var playback: [Int64] = []
    /// A key's message, from the keyboard's write to its sounding: a real-time thread wakes and passes it on.
    var thru: [Int64] = []
    /// A thread of ordinary priority, as the conductor's, against the moment that it wanted to wake at.
    var conductor: [Int64] = []

    mutating func add(_ other: Figures) {
        playback += other.playback
        thru += other.thru
        conductor += other.conductor
    }

    static var rows: [(String, (Figures) -> [Int64])] {
        [("playback", { $0.playback }), ("thru", { $0.thru }), ("conductor", { $0.conductor })]
    }
}

/// An embedded transport with a band that plays and a keyboard that is played.
final class Stage {
    private let transport = EmbeddedTransport()
    private let keyboard: PortAddress
    private let synth: PortAddress
    private let pressed = EventSignal()
    private let ending = Ending()
    private var input: RealTimeThread?

    init() {
        keyboard = transport.addSource("Keys")
        synth = transport.addDestination("Synth")
        do {
            try transport.listen(to: keyboard)
            try transport.startPlaying(to: synth)
        } catch { fatalError("\(error)") }
        transport.setThru([ThruRoute(source: keyboard, destination: synth, channel: Channel(16), swallowed: [])])
        // As the sequencer's input thread: it sleeps until a keyboard writes, then passes on what came.
        let (transport, keyboard, pressed, ending) = (transport, keyboard, pressed, ending)
        input = RealTimeThread(name: "midi-in") {
            var poll = pollfd(fd: pressed.descriptor, events: Int16(POLLIN), revents: 0)
            while !ending.isOver.load(ordering: .acquiring) {
                _ = Glibc.poll(&poll, 1, -1)
                if pressed.clear(), !ending.isOver.load(ordering: .acquiring) {
                    transport.inject(.noteOn(Channel(1), Pitch(60), .mezzoForte), from: keyboard)
                }
            }
        }
    }

    var scheduling: String { input.map { "\($0.scheduling)" } ?? "" }

    func close() {
        ending.isOver.store(true, ordering: .releasing)
        pressed.raise()
        input?.join()
        transport.close()
    }

    /// Plays for a while: 200 messages of the band and 50 keys a second.
    func play(seconds: Double) -> Figures {
        var figures = Figures()
        _ = transport.drainSounded()
        while transport.nextEvent() != nil {}
        let start = transport.now() + .milliseconds(50)
        let end = start + .seconds(seconds)
        var planned = start
        var nextKey = start
        var stamps: [Instant] = []
        var wake = transport.now()
        while wake < end {
            // The band's messages are handed out every 10 ms here, as far as the transport takes them.
            var batch: [ScheduledMessage] = []
            while planned < end, planned < wake + scheduleHorizon - .milliseconds(20) {
                batch.append(
                    ScheduledMessage(
                        time: planned, destination: synth, message: .noteOn(Channel(2), Pitch(50), .mezzoForte)))
                planned = planned + .milliseconds(5)
            }
            if !batch.isEmpty { _ = transport.schedule(batch) }
            if transport.now() >= nextKey {
                stamps.append(transport.now())
                pressed.raise()
                nextKey = nextKey + .milliseconds(20)
            }
            while transport.nextEvent() != nil {}
            wake = wake + .milliseconds(10)
            MonotonicClock.sleep(nanoseconds: max(0, wake.nanoseconds - transport.now().nanoseconds))
            figures.conductor.append(max(0, transport.now().nanoseconds - wake.nanoseconds))
        }
        MonotonicClock.sleep(nanoseconds: 300_000_000)
        var heard: [Instant] = []
        for sounded in transport.drainSounded() {
            switch sounded.origin {
            case .scheduled: figures.playback.append(sounded.time.nanoseconds - sounded.due.nanoseconds)
            case .thru: heard.append(sounded.time)
            case .sent, .release: break
            }
        }
        // Two keys that were passed on by one waking count as one; without such a pair nothing can be told of either.
        if heard.count == stamps.count {
            figures.thru = zip(heard, stamps).map { $0.nanoseconds - $1.nanoseconds }
        } else {
            say("\(stamps.count - heard.count) keys of a round were passed on late; its thru figures are left out")
        }
        transport.silence(nil, thru: true)
        return figures
    }
}

/// Lets the input thread go.
private final class Ending: Sendable {
    let isOver = Atomic<Bool>(false)
}
