import MIDI
import Music

/// What silences anything: for a synthesizer that hangs, a port that is left, a program that ends.
public enum Panic {
    /// The messages, in the order in which they are sent.
    ///
    /// First a note-off for each note known to sound (some instruments know nothing else); then, on every channel:
    /// pedals up (CC 64, 66, 67), bend to the centre, pressure 0, all notes off (CC 123), all sound off (CC 120). Note-offs come
    /// first, since a pedal that goes up while a note sounds would not end it; the pedals come before CC 123, which an
    /// instrument may ignore while a pedal is down.
    ///
    /// - Parameters:
    ///   - held: notes begun and not ended.
    ///   - channels: 16 of them unless told otherwise.
    public static func messages(
        held: HeldNotes = HeldNotes(), channels: [Channel] = (1...16).map { Channel($0) }
    ) -> [MIDIMessage] {
        var held = held
        var messages: [MIDIMessage] = []
        held.releaseAll { messages.append($0) }
        for channel in channels {
            messages += [
                .controlChange(channel, Controller.sustain, 0), .controlChange(channel, Controller.sostenuto, 0),
                .controlChange(channel, Controller.soft, 0), .pitchBend(channel, 0), .channelPressure(channel, 0),
                .controlChange(channel, Controller.allNotesOff, 0), .controlChange(channel, Controller.allSoundOff, 0),
            ]
        }
        return messages
    }
}
