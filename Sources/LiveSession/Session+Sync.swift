import MIDI
import Music
import Playback
import Sync
import Transport

/// Time shared with other machines: MIDI clock in and out.
extension Session {
    /// Follows a message of the clock that is listened to.
    mutating func hearClock(_ message: MIDIMessage, _ time: Instant) -> [Effect] {
        follow(follower.handle(.message(message, at: time)), time)
    }

    /// The song of the machine that is followed, while it runs: its tick 0 is its beginning.
    var song: TempoMap? { follower.isPlaying ? songMap : nil }

    mutating func follow(_ effects: [ClockFollower.Effect], _ time: Instant) -> [Effect] {
        effects.flatMap { effect -> [Effect] in
            switch effect {
            case .began(let map): return join(map, on: .bar, time)
            case .continued(let map): return join(map, on: .beat, time)
            case .retimed(let map):
                songMap = map
                tempo = map.tempo
                return feed(.retime(map, at: time))
            case .stopped:
                songMap = nil
                return halt(time) + [.told(state, "the clock stopped, and the band with it")]
            case .lost:
                return [.told(state, "the clock fell silent; the band goes on in its last tempo")]
            case .tempo(let new):
                tempo = new
                guard let playing = player?.playing else { return [] }
                return retime(playing.map, to: new, time)
            }
        }
    }

    /// The song begins or goes on: the band plays its round from there, where there is one.
    private mutating func join(
        _ map: TempoMap, on boundary: BandPlayer.Boundary, _ time: Instant
    ) -> [Effect] {
        songMap = map
        tempo = map.tempo
        guard let piece, let shown = piece.shown, let arrangement = shown.arrangement, player != nil else { return [] }
        performing = piece
        hasPlayed = true
        let plan = PlaybackPlan(arrangement, mix: .live, turns: shown.turns)
        return halt(time) + feed(.mute(mix.silent(melodyIsHeard: piece.isHeard), at: time))
            + feed(.enter(plan, map: map, at: time, on: boundary, origin: .zero)) + feed(.advance(time))
    }

    /// Stops what plays at once, without an ending.
    private mutating func halt(_ time: Instant) -> [Effect] { feed(.halt(at: time)) }

    // MARK: - Clock out

    /// Where our clock is heard.
    mutating func setClockPorts(_ ports: [PortAddress], _ time: Instant) -> [Effect] {
        schedule(sender.handle(.ports(ports, at: time)))
    }

    /// Has the clock that we send go with the band; to be called behind everything that moves the band.
    ///
    /// - Parameter end: when the band is silent, where it is by now.
    mutating func sendClock(_ effects: [Effect], _ time: Instant, end: Instant) -> [Effect] {
        var messages: [ScheduledMessage] = []
        // The song begins where the band's first round did.
        if let map = bandRounds?.map {
            if sentSong == nil {
                let entry = player?.phase == .waiting ? player?.awaited : nil
                messages += sender.handle(.start(map: map, from: entry.map { map.tick(at: $0) } ?? .zero, at: time))
            } else if sentSong != map {
                messages += sender.handle(.retime(map, at: time))
            }
            sentSong = map
        } else if sentSong != nil {
            sentSong = nil
            messages += sender.handle(.stop(at: end))
        }
        for case .player(.silence(let port)) in effects {
            messages += sender.handle(.tookBack(port, at: time))
        }
        messages += sender.handle(.advance(time))
        return schedule(messages)
    }

    func schedule(_ messages: [ScheduledMessage]) -> [Effect] { messages.isEmpty ? [] : [.schedule(messages)] }

    // MARK: - Tapping

    mutating func tap(_ time: Instant) -> [Effect] {
        guard let tapped = taps.tap(at: time) else { return [.told(state, "tap on")] }
        return setTempo(tapped, time)
    }
}
