import ConsoleAPI
import Music
import Testing
import VirtualKeyboard

extension MachineTests.OnThePlainGuest {
    /// Keyboards as they are sold: each runs the band with what its own buttons send.
    @Suite struct Families {
        let machine = Machine.current

        @Test func eachFamilyRunsTheBandWithItsOwnButtons() async throws {
            let synth = try await machine.startSynth()
            let daemon = try await machine.startDaemon("families", tempo: 400, isArranged: true)
            let initialized = CardWatch(machine)
            for family in KeyboardFamily.all {
                var player = FamilyPlayer(family, machine.keyboards[0], synth, daemon)
                let began = ContinuousClock.now
                let ready = try await player.plugs(initialized)
                try await player.records()
                try await player.choosesVariationAndGenre()
                try await player.stops()
                try await player.isAccompanied()
                if family.model.name == KeyboardFamily.unknown.model.name { try await player.usesAPedal() }
                try await player.expectsNoLeak()
                try await player.unplugs()
                print(
                    "\(family.model.name ?? ""): ready \(ready) after its card; all in \(ContinuousClock.now - began)")
            }
            #expect(synth.overruns == 0)
            #expect(try await daemon.status().counters["overruns"] == 0)
        }
    }
}

/// Tells when udev says that a sound card is ready (`SOUND_INITIALIZED`).
struct CardWatch {
    private let command: GuestCommand

    init(_ machine: Machine) {
        command = machine.start(
            "udevadm monitor --udev --property --subsystem-match=sound | awk '/^SOUND_INITIALIZED=1/ { print; fflush() }'"
        )
    }

    /// How often it was said until now.
    var count: Int { command.progress.value.lines.count }

    /// When it is said next, on this side.
    func next(after count: Int) async -> ContinuousClock.Instant? {
        await command.progress.wait(atMost: Machine.patience) { $0.lines.count > count ? ContinuousClock.now : nil }
    }
}

/// Plays a keyboard of a family as its owner does; what the keyboard has no button for is asked of the daemon.
private struct FamilyPlayer {
    private let family: KeyboardFamily
    private let keys: VirtualKeyboard
    private let synth: Synth
    private let daemon: Daemon
    private let heardBefore: Int
    /// How often the phrase was played.
    private var phrases = 2

    private static let pitches: [UInt8] = [60, 64, 67, 72]

    init(_ family: KeyboardFamily, _ keys: VirtualKeyboard, _ synth: Synth, _ daemon: Daemon) {
        (self.family, self.keys, self.synth, self.daemon) = (family, keys, synth, daemon)
        heardBefore = synth.heard.count
    }

    private var name: String { family.model.name ?? "" }

    /// - Returns: how long after udev's word the daemon had connected it.
    func plugs(_ cards: CardWatch) async throws -> Duration {
        let (mark, count) = (daemon.now, cards.count)
        async let initialized = cards.next(after: count)
        try await keys.plug(family.model)
        let known = try await daemon.knows(name, since: mark)
        let connected = ContinuousClock.now
        let late = connected - (try #require(await initialized))
        #expect(known.profile == family.profile, "\(name)")
        // A keyboard is to be ready after 300 ms; the guest is about ten times slower than a computer.
        #expect(late < .seconds(3), "\(name) was ready \(late) after its card")
        if let mode = family.model.mode {
            let received = await keys.received { $0.contains { $0.bytes == mode.begin } }
            #expect(received.first?.bytes == mode.begin && received.first?.port == mode.port, "\(name)")
        }
        return late
    }

    func records() async throws {
        let mark = daemon.now
        try await press(family.record, or: .record)
        try await daemon.becomes(.armed, since: mark)
        try await playPhrase()
        try await daemon.hears(Self.pitches.count, since: mark)
        try await press(family.record, or: .record)
        let take = try await daemon.take(try await daemon.keepsTake(since: mark).id)
        _ = try await daemon.keepsArrangement(since: mark)
        try await daemon.becomes(.playing, since: mark)
        #expect(take.notes.map { UInt8($0.pitch) } == Self.pitches, "\(name)")
        #expect(take.summary.isDamaged == false, "\(name)")
    }

    func choosesVariationAndGenre() async throws {
        if let next = family.next {
            let mark = daemon.now
            keys.press(next)
            let arrangement = try await daemon.keepsArrangement(since: mark)
            #expect(try await daemon.status().lastArrangementID == arrangement.summary.id, "\(name)")
        }
        if let genre = family.genre {
            // Pads choose from the genres in the order in which they are listed.
            let genres = try await daemon.status().genres
            let (first, second) = (try #require(Genre(rawValue: genres[0])), genres[1])
            try await daemon.perform(.genre(first))
            try await becomes(genre: genres[0])
            keys.press(genre)
            try await becomes(genre: second)
        }
    }

    /// Stops the band at the bar: with Play, where there is no Stop.
    func stops() async throws {
        let mark = daemon.now
        try await press(family.stop ?? family.accompany, or: .stop)
        try await daemon.becomes(.stopped, since: mark)
    }

    /// Plays freely, then asks for the band.
    func isAccompanied() async throws {
        let mark = daemon.now
        try await playPhrase()
        try await daemon.hears(Self.pitches.count, since: mark)
        try await press(family.accompany, or: .accompany)
        let take = try await daemon.take(try await daemon.keepsTake(since: mark).id)
        try await daemon.becomes(.playing, since: mark)
        #expect(take.notes.suffix(Self.pitches.count).map { UInt8($0.pitch) } == Self.pitches, "\(name)")
        try await stops()
    }

    /// What a button sends is not heard; a controller that is none is.
    func expectsNoLeak() async throws {
        let wheel: [UInt8] = [0xB0, 21, UInt8(keys.received.count % 100 + 1)]
        keys.play(wheel)
        let heard = await synth.heard { $0.dropFirst(heardBefore).contains { $0.bytes == wheel } }
            .dropFirst(heardBefore).map(\.bytes)
        #expect(heard.contains(wheel), "\(name): a controller without a meaning is heard")
        let sent = family.buttons.filter { $0.partner == nil }.flatMap { [$0.press, $0.release] }.filter {
            !$0.isEmpty && $0[0] < 0xF0
        }
        for message in sent {
            #expect(
                !heard.contains { $0[0] & 15 == 0 && $0[0] & 0xF0 == message[0] & 0xF0 && $0[1] == message[1] },
                "\(name): the button \(message) is heard")
        }
        #expect(heard.allSatisfy { $0[0] < 0xF0 }, "\(name): a button is heard")
        #expect(!heard.contains { $0[0] == 0xB0 && $0[1] == 67 }, "\(name): the pedal is heard")
        // Of two keys that are a button the first sounds until the second comes; the second never does.
        let pairs = family.buttons.compactMap { button in button.partner.map { (button.press[1], $0) } }
        for pair in pairs { #expect(!heard.contains { $0[0] == 0x90 && $0[1] == pair.1 }, "\(name)") }
        let player = Reception(synth.heard.dropFirst(heardBefore).map { ($0.time, $0.bytes) }, on: [1]).notes
        let music = player.filter(\.isBeginning).map { UInt8($0.pitch) }.filter { key in !pairs.contains { $0.0 == key }
        }
        #expect(music == (0..<phrases).flatMap { _ in Self.pitches }, "\(name)")
        #expect(player.hanging.isEmpty, "\(name)")
    }

    /// The soft pedal does everything by how it is pressed.
    mutating func usesAPedal() async throws {
        let mark = daemon.now
        // Held: record.
        keys.play([0xB0, 67, 127])
        try await Task.sleep(for: .milliseconds(900))
        keys.play([0xB0, 67, 0])
        try await daemon.becomes(.armed, since: mark)
        try await playPhrase()
        try await daemon.hears(Self.pitches.count, since: mark)
        phrases += 1
        try await tap()
        let take = try await daemon.take(try await daemon.keepsTake(since: mark).id)
        #expect(take.notes.map { UInt8($0.pitch) } == Self.pitches, "\(name)")
        try await daemon.becomes(.playing, since: mark)
        _ = try await daemon.keepsArrangement(since: mark)
        // Once while the band plays: another variation.
        let shown = try await daemon.status().variation
        try await tap()
        try await daemon.machine.eventually("\(name): another variation") {
            try await daemon.status().variation != shown ? true : nil
        }
        // Three times: the next genre.
        let genre = try await daemon.status().genre
        for _ in 0..<3 { try await tap() }
        try await daemon.machine.eventually("\(name): another genre") {
            try await daemon.status().genre != genre ? true : nil
        }
        // Twice: stop.
        let stopMark = daemon.now
        for _ in 0..<2 { try await tap() }
        try await daemon.becomes(.stopped, since: stopMark)
    }

    private func tap() async throws {
        keys.play([0xB0, 67, 127])
        try await Task.sleep(for: .milliseconds(60))
        keys.play([0xB0, 67, 0])
        try await Task.sleep(for: .milliseconds(60))
    }

    func unplugs() async throws {
        let mark = daemon.now
        try await keys.unplug()
        try await daemon.event("\(name) goes", since: mark) { event in
            if case .deviceWent = event { true } else { nil }
        }
    }

    private func becomes(genre: String) async throws {
        try await daemon.machine.eventually("\(name): the genre is \(genre)") {
            try await daemon.status().genre == genre ? true : nil
        }
    }

    private func press(_ button: KeyboardFamily.Button?, or action: ActionRequest) async throws {
        if let button { keys.press(button) } else { try await daemon.perform(action) }
    }

    /// Four quarters.
    private func playPhrase() async throws {
        for pitch in Self.pitches {
            keys.play([0x90, pitch, 80])
            try await Task.sleep(for: .milliseconds(120))
            keys.play([0x80, pitch, 0])
            try await Task.sleep(for: .milliseconds(30))
        }
    }
}
