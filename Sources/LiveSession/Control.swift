import Capture
import Music
import Playback

extension Session {
    /// What a button, a command or the console asks for.
    public enum Control: Hashable, Sendable {
        // takes
        case record, accompany, undo, redo, erase
        // the band
        case stop, panic, next, previous, regenerate, loop
        case genre(Genre)
        case lock(Part)
        case mute(Voice)
        case solo(Part)
        /// 0...127.
        case volume(Voice, UInt8)
        // time
        /// nil lets the playing tell.
        case tempo(Tempo?)
        case meter(Meter)
        case half, double, tap, metronome
        // listening
        /// Whether what is played is remembered.
        case listen(Bool)
        /// Forgets what was played in the last so many; nil forgets all.
        case forget(Nanoseconds?)
    }

    /// What a keyboard is for.
    public enum Role: Hashable, Sendable {
        /// Melody, and chords where the left hand plays them: the hands are told apart by what they play.
        case everything
        case melody
        /// Its notes are the chords that the band follows.
        case chords
        /// Keys below the pitch are chords, the others melody.
        case split(Pitch)
    }

    /// A keyboard that is heard. Two of one model have the same name, so they are told apart by their number.
    public struct Source: Hashable, Sendable {
        /// The card's number; the console has one of its own.
        public var number: Int
        /// As a person knows it.
        public var name: String
        public var role: Role

        public init(number: Int, name: String, role: Role = .everything) {
            self.number = number
            self.name = name
            self.role = role
        }

        /// Which hand plays a pitch.
        func hand(of pitch: Pitch) -> PlayedHistory.Hand {
            switch role {
            case .everything, .melody: .melody
            case .chords: .chords
            case .split(let point): pitch < point ? .chords : .melody
            }
        }
    }
}
