// Plays a note every 5 ms into the journal in a folder, and prints how many messages it has appended, until it is killed.
import Glibc
import Journal
import MIDI
import Music
import RealTime

let journal = PlayedJournal(folder: CommandLine.arguments[1])
var count: UInt64 = 0
while true {
    let time = Instant(nanoseconds: MonotonicClock.nanoseconds)
    let pitch = Pitch(Int(count / 2 % 128))
    journal.append(
        message: count % 2 == 0 ? .noteOn(Channel(1), pitch, .mezzoForte) : .noteOff(Channel(1), pitch),
        keyboard: "Played by a program", at: time)
    count += 1
    // The number itself, unbuffered: what is in the pipe outlives the program.
    _ = withUnsafeBytes(of: count) { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    MonotonicClock.sleep(nanoseconds: 5_000_000)
}
