import MIDI
import Music
import Transport

/// Plays a band: hands out the messages of a plan in time, loops, stops at the bar, changes at the bar.
///
/// A state machine without a clock: events with their times in, effects as data out. Output is
/// `Transport.ScheduledMessage`, in time order, each message a little before it is due. Times are computed from the
/// tempo map's anchor, so that no number of rounds drifts. Every note that it begins it ends.
public struct BandPlayer: Sendable {
    /// Where the band comes in.
    public enum Boundary: Hashable, Sendable { case beat, bar }

    public enum Event: Hashable, Sendable {
        /// Begins at the first boundary at or behind an instant: on a bar with the plan's first bar, on a beat with
        /// that bar from there. What plays goes on until then. With an `origin`, rounds are counted from that tick of
        /// the map instead, and the band comes in where a round that began there would be. An entrance that is missed is
        /// made at the next bar line.
        case enter(PlaybackPlan, map: TempoMap, at: Instant, on: Boundary, origin: Tick? = nil)
        /// Goes over to another plan at the next bar line: to the same place of the round where both are equally long,
        /// else to its beginning. Ignored unless the band plays or waits.
        case replace(PlaybackPlan, at: Instant)
        /// A press of Stop: at the bar line, where the plan's ending is played; while that is awaited or played, at once;
        /// the third press within two seconds, panic.
        case stop(at: Instant)
        /// Stops at once, without an ending; no press of Stop.
        case halt(at: Instant)
        /// Voices that are not heard from now on; those left out are heard again from their next note.
        case mute(Set<Voice>, at: Instant)
        /// Controller 7 of voices, now and whenever they are set up; voices that are left out have their strip's.
        case volume([Voice: UInt8], at: Instant)
        /// What the velocities of the band are multiplied by from now on; 1 is as written, 0.6...1.4. The melody stays.
        case intensity(Double, at: Instant)
        /// Goes on under another tempo map: every tick that is not handed out yet sounds when the map says, nothing
        /// is left out and nothing comes twice.
        case retime(TempoMap, at: Instant)
        /// Other ports from now on.
        case reroute(Routing, at: Instant)
        /// Whether it begins again at the end of a round (it does unless told otherwise).
        case loop(Bool)
        /// Time passes; to be called several times within the horizon.
        case advance(Instant)
    }

    public enum Effect: Sendable {
        /// In time order; to be sent in this order, equal times included. From one to the next, time goes on for each
        /// port by itself.
        case schedule([ScheduledMessage])
        /// Take back everything scheduled and release what sounds (`MIDITransport.silence`), thru excepted.
        case silence(PortAddress)
        /// Play these now.
        case panic(PortAddress, [MIDIMessage])
        case stateChanged(Phase)
        /// The plan given by `replace`, or by `enter` while another played, was begun to be handed out.
        case replaced
    }

    /// The state without its contents. It runs ahead of what is heard by the horizon at most.
    public enum Phase: Hashable, Sendable { case stopped, waiting, playing, stopping }

    enum State: Hashable, Sendable {
        case stopped
        /// Enters later; nothing was handed out but the set-up.
        case waiting(Passage)
        case playing(Passage, next: Passage?)
        /// Ends at a tick of the passage.
        case stopping(Passage, at: Tick)
    }

    struct Sounding: Hashable {
        let voice: Voice
        let channel: Channel
        let pitch: Pitch
    }

    /// A message that was handed out.
    struct Pending: Sendable {
        /// Nil for what is no note.
        let key: Sounding?
        /// With the time at which it is to be heard.
        let message: ScheduledMessage
    }

    var state = State.stopped
    var routing: Routing
    let horizon: Nanoseconds
    var muted: Set<Voice> = []
    var volumes: [Voice: UInt8] = [:]
    var intensity = 1.0
    /// The drums that lead to the next change, while one is awaited.
    var turn: Turn?
    /// What plays is the ending.
    var isEnding = false
    var loops = true
    /// Notes handed out and not ended, with the ports that they were sent to.
    var sounding: [Sounding: PortAddress] = [:]
    /// What was handed out and was not due at the last advance: what a press of Stop can take back and hand out anew.
    var pending: [Pending] = []
    /// Everything before this was handed out.
    var handedUntil = Instant(nanoseconds: .min)
    /// The tick of the last message handed out in the passage that plays.
    var handedTick: Tick?
    /// The time of the last message handed out to a port and not taken back.
    var lastTimes: [PortAddress: Instant] = [:]
    var stopPresses: (count: Int, last: Instant) = (0, Instant(nanoseconds: .min / 2))

    /// Presses of Stop that are farther apart do not count as one gesture.
    static let gesture = Nanoseconds.seconds(2)
    /// A band that is more behind than this (the machine slept) goes on from where it should be.
    static let lateness = Nanoseconds.milliseconds(500)
    /// A band that would come in later than this waits for the next bar line.
    static let entryLateness = Nanoseconds.milliseconds(50)
    /// How far ahead of time messages are handed out, unless told otherwise.
    public static let standardHorizon = Nanoseconds.milliseconds(150)

    /// - Parameter horizon: how far ahead of time messages are handed out; what lies in it is what a stop must take
    ///   back.
    public init(routing: Routing, horizon: Nanoseconds = standardHorizon) {
        precondition(horizon > .zero, "messages are handed out ahead of time")
        self.routing = routing
        self.horizon = horizon
    }

    public var phase: Phase {
        switch state {
        case .stopped: .stopped
        case .waiting: .waiting
        case .playing: .playing
        case .stopping: .stopping
        }
    }

    /// What plays or waits for its entrance: its grid, where its rounds are counted from, and the plan. Nil where the band
    /// is silent.
    public var playing: (map: TempoMap, origin: Tick, plan: PlaybackPlan)? {
        switch state {
        case .stopped: nil
        case .waiting(let passage), .playing(let passage, _), .stopping(let passage, _):
            (passage.map, passage.origin, passage.plan)
        }
    }

    /// How far ahead of time the music is handed out: the horizon, and what the latest port needs.
    public var reach: Nanoseconds { horizon + routing.lead }

    /// Where in the round an instant lies; nil unless the band plays there.
    public func position(at instant: Instant) -> Tick? {
        switch state {
        case .stopped, .waiting:
            return nil
        case .playing(let passage, _), .stopping(let passage, _):
            let tick = passage.map.tick(at: instant)
            guard tick >= passage.entry else { return nil }
            return Tick((tick - passage.origin).rawValue % passage.plan.length.rawValue)
        }
    }

    /// When the band comes in or what is awaited happens; nil where nothing is awaited.
    public var awaited: Instant? {
        switch state {
        case .stopped: nil
        case .waiting(let passage): passage.entryInstant
        case .playing(_, let next): next?.entryInstant
        case .stopping(let passage, let line): passage.map.instant(of: line)
        }
    }

    /// Follows an event.
    public mutating func handle(_ event: Event) -> [Effect] {
        switch event {
        case .enter(let plan, let map, let time, let boundary, let origin): enter(plan, map, time, boundary, origin)
        case .replace(let plan, let time): replace(plan, time)
        case .stop(let time): stop(time)
        case .halt: state == .stopped ? [] : stopNow()
        case .mute(let voices, let time): mute(voices, time)
        case .volume(let volumes, let time): setVolumes(volumes, time)
        case .intensity(let factor, _): setIntensity(factor)
        case .retime(let map, let time): retime(map, time)
        case .reroute(let routing, let time): reroute(routing, time)
        case .loop(let loops): setLoop(loops)
        case .advance(let now): advance(now)
        }
    }
}
