import Music

extension MIDIFile {
    /// The file with its bars counted from the beginning in the metre that most of it has.
    ///
    /// Programs write a pickup as a short bar of its own metre: 1/4, and 4/4 from the first bar line on. Such a file, or one that begins
    /// with a bar of another metre, is moved back until its bar lines are those of bars of one length. Where the metre changes later, bar
    /// lines behind that place differ from the file's.
    ///
    /// - Returns: the file, the same where nothing has to be moved, and a sentence for the player where a part of it is not counted
    ///   as it is written.
    func countedInWholeBars() -> (file: MIDIFile, notice: String?) {
        let end = tracks.indices.flatMap { notes(track: $0).map(\.end) }.max() ?? 0
        let sections = meterSections(until: end)
        let main = mainMeter(sections)
        let bar = main.bar.rawValue * ticksPerQuarter
        guard let first = sections.first(where: { $0.meter == main }), bar % Tick.perQuarter == 0 else {
            return (self, nil)
        }
        let ticks = bar / Tick.perQuarter
        let lead = (ticks - first.start % ticks) % ticks
        if lead == 0, sections[0].meter == main { return (self, nil) }
        var moved = self
        for track in moved.tracks.indices {
            moved.tracks[track].length += lead
            moved.tracks[track].events = moved.tracks[track].events.compactMap { event in
                if case .meta(MetaType.timeSignature, _) = event.body, event.tick <= first.start { return nil }
                // What is set at the beginning is set there still.
                let isSetting = event.tick == 0 && !event.isNote
                return Event(tick: isSetting ? 0 : event.tick + lead, event.body)
            }
        }
        moved.tracks[0].events.insert(
            Event(
                tick: 0,
                .meta(
                    MetaType.timeSignature,
                    [UInt8(main.numerator), UInt8(main.denominator.trailingZeroBitCount), 24, 8])), at: 0)
        // A shorter first bar is a pickup.
        let isPickup = first.start < ticks
        return (
            moved, isPickup ? nil : "It begins in \(sections[0].meter); bars are counted in \(main) as most of it is."
        )
    }

    private struct MeterSection {
        var start: Int
        var end: Int
        var meter: Meter
    }

    /// The metres of the file one after the other, none of them empty; 4/4 before the first that is written.
    private func meterSections(until end: Int) -> [MeterSection] {
        var sections = [MeterSection(start: 0, end: max(1, end), meter: .fourFour)]
        for change in meterChanges where change.tick < end {
            guard let meter = change.meter, meter.bar.rawValue % Grid.ticksPerStep == 0 else { continue }
            let last = sections.count - 1
            if change.tick == sections[last].start {
                sections[last].meter = meter
            } else if meter != sections[last].meter {
                sections[last].end = change.tick
                sections.append(MeterSection(start: change.tick, end: max(end, change.tick + 1), meter: meter))
            }
        }
        return sections
    }

    /// The metre that most of the file has; of several the one that comes first.
    private func mainMeter(_ sections: [MeterSection]) -> Meter {
        var ticks: [Meter: Int] = [:]
        for section in sections { ticks[section.meter, default: 0] += section.end - section.start }
        let most = ticks.values.max()
        return sections.first { ticks[$0.meter] == most }!.meter
    }
}

extension MIDIFile.Event {
    fileprivate var isNote: Bool {
        if case .message(let message) = body { return message.status & 0xE0 == 0x80 }
        return false
    }
}
