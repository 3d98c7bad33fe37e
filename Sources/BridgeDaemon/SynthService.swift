import DaemonConfiguration
import Music

/// Decides when the synthesizer of our own is started and ended, and says how it is. Knows no clock and no socket.
///
/// It is wanted where the band has no other output and something was played a short while ago; a keyboard that is plugged in
/// counts as playing, so that the synthesizer has loaded its sounds before the first note.
struct SynthService: Hashable, Sendable {
    /// What the caller is to do.
    enum Command: Hashable, Sendable {
        /// To have it started; `ended` tells when that failed.
        case connect
        /// To have it ended.
        case disconnect
    }

    /// What was seen around.
    struct Surroundings: Hashable, Sendable {
        /// Whether the band has another port to play to, or is to wait for a configured one.
        var hasOtherOutput = false
        var hasSoundHardware = true
        /// Whether the synthesizer's port is there.
        var hasPort = false
    }

    private enum State: Hashable {
        case asleep
        case starting(since: Instant)
        case running(since: Instant)
        /// It ended by itself or could not be started.
        case waiting(until: Instant)
    }

    var settings: Configuration.Synth
    private var state = State.asleep
    private var surroundings = Surroundings()
    private var lastUse: Instant?
    /// How often it failed in a row.
    private var failures = 0
    private var reason = ""

    /// How long it may take until its port is there: a large sound font on a slow disk.
    static let patience = Nanoseconds.seconds(60)
    /// One that ran so long counts as well: it is started again soon.
    static let proven = Nanoseconds.seconds(30)
    static let longestPause = Nanoseconds.seconds(60)

    init(_ settings: Configuration.Synth) { self.settings = settings }

    /// Something was played, or is about to be.
    mutating func used(at now: Instant) -> Command? {
        lastUse = now
        return state == .asleep ? pass(to: now) : nil
    }

    mutating func look(_ surroundings: Surroundings, at now: Instant) -> Command? {
        self.surroundings = surroundings
        return pass(to: now)
    }

    /// It ended without having been told to, or could not be started.
    mutating func ended(_ reason: String, at now: Instant) {
        switch state {
        case .asleep, .waiting: return
        case .starting: break
        case .running(let since): if now - since >= Self.proven { failures = 0 }
        }
        self.reason = reason
        let pause = min(Self.longestPause, Nanoseconds.seconds(Double(1 << min(failures, 6))))
        failures += 1
        state = .waiting(until: now + pause)
    }

    mutating func pass(to now: Instant) -> Command? {
        switch state {
        case .asleep:
            guard isWanted(at: now) else { return nil }
            state = .starting(since: now)
            return .connect
        case .waiting(let until):
            guard isWanted(at: now) else {
                state = .asleep
                return nil
            }
            guard now >= until else { return nil }
            state = .starting(since: now)
            return .connect
        case .starting(let since):
            // However long it takes: silence counts from when it could have sounded.
            guard isPossible else { return sleep() }
            if surroundings.hasPort {
                state = .running(since: now)
                lastUse = now
            } else if now - since >= Self.patience {
                ended("it opened no port", at: now)
                return .disconnect
            }
            return nil
        case .running:
            return isWanted(at: now) ? nil : sleep()
        }
    }

    /// When `pass` is due; nil where nothing is awaited.
    var deadline: Instant? {
        let silent = lastUse.map { $0 + settings.idle }
        switch state {
        case .asleep: return nil
        case .running: return silent
        case .starting(let since): return since + Self.patience
        case .waiting(let until): return silent.map { min($0, until) }
        }
    }

    /// Whether its connection should be open.
    var isConnected: Bool {
        switch state {
        case .starting, .running: true
        case .asleep, .waiting: false
        }
    }

    /// Whether the band would sound on it once something is played.
    private var isPossible: Bool {
        switch settings.start {
        case .off: false
        case .on: !surroundings.hasOtherOutput
        case .automatic: !surroundings.hasOtherOutput && surroundings.hasSoundHardware
        }
    }

    private func isWanted(at now: Instant) -> Bool {
        guard isPossible, let lastUse else { return false }
        return now - lastUse < settings.idle
    }

    private mutating func sleep() -> Command {
        state = .asleep
        failures = 0
        return .disconnect
    }

    /// How it is, for a line of the status; nil where none is needed.
    var description: String? {
        guard isPossible else { return nil }
        return switch state {
        case .asleep: "asleep; it starts when you play"
        case .starting: "starting"
        case .running: "running"
        case .waiting: "failed; it is tried again"
        }
    }

    /// Why there is no sound though nothing else is configured, with the cure.
    ///
    /// - Returns: nil where it sounds or will when somebody plays.
    var problem: String? {
        guard !surroundings.hasOtherOutput else { return nil }
        if case .waiting = state {
            return "the synthesizer could not be kept running: \(reason); \"continuo doctor\" knows what is missing"
        }
        guard settings.start == .automatic, !surroundings.hasSoundHardware else { return nil }
        return
            "no sound hardware is there, so no synthesizer is started and the band's ports stay silent: plug in a sound card or a keyboard that sounds, or name a port under [output]"
    }
}
