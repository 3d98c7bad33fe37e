import Music

/// Draws one line of a roll: ground, grid, chord symbols, notes, drums.
struct RollSystemPainter {
    private let arrangement: Arrangement
    private let layout: RollLayout
    private let system: RollLayout.System
    private let palette: RollPalette
    private let left: Double
    private let right: Double

    init(
        _ arrangement: Arrangement, _ layout: RollLayout, _ system: RollLayout.System,
        _ palette: RollPalette
    ) {
        self.arrangement = arrangement
        self.layout = layout
        self.system = system
        self.palette = palette
        left = layout.left
        right = layout.right(system)
    }

    func paint(on drawing: inout Drawing) {
        drawGround(&drawing)
        drawGrid(&drawing)
        drawKeyboard(&drawing)
        drawChords(&drawing)
        for part in RollStyle.paintingOrder {
            drawNotes(arrangement.accompaniment.parts[part] ?? [], palette.color(part), isMelody: false, &drawing)
        }
        drawNotes(arrangement.phrase.notes, palette.melody, isMelody: true, &drawing)
        drawDrums(&drawing)
    }

    private func isBlack(_ pitch: Int) -> Bool { [1, 3, 6, 8, 10].contains(pitch % 12) }

    private func drawGround(_ drawing: inout Drawing) {
        drawing.add(
            Drawing.Rectangle(
                x: left, y: layout.rollTop(system), width: right - left, height: layout.rollHeight,
                color: palette.panel))
        for pitch in layout.pitches where isBlack(pitch) {
            drawing.add(
                Drawing.Rectangle(
                    x: left, y: layout.y(pitch, system), width: right - left, height: RollStyle.rowHeight,
                    color: palette.blackRow))
        }
        for pitch in layout.pitches where pitch % 12 == 0 {
            let y = layout.y(pitch, system) + RollStyle.rowHeight
            drawing.addHorizontal(y: y, from: left, to: right, width: 1, color: palette.octaveLine)
            drawing.add(
                Drawing.Text(
                    string: Pitch(pitch).description, x: left - RollStyle.keyboardWidth - 9, y: y - 0.5, size: 10.5,
                    color: palette.quietInk, anchor: .end))
        }
        guard !layout.drumRows.isEmpty else { return }
        let top = layout.laneTop(system)
        drawing.add(
            Drawing.Rectangle(
                x: left, y: top, width: right - left, height: layout.bottom(system) - top, color: palette.panel))
        for (index, row) in layout.drumRows.enumerated() {
            let y = top + Double(index) * RollStyle.drumRow
            if index > 0 { drawing.addHorizontal(y: y, from: left, to: right, width: 1, color: palette.beatLine) }
            drawing.add(
                Drawing.Text(
                    string: row.name(in: layout.kit), x: left - 9, y: y + RollStyle.drumRow - 4, size: 10.5,
                    color: palette.quietInk,
                    anchor: .end))
        }
    }

    private func drawGrid(_ drawing: inout Drawing) {
        let spans =
            [(layout.rollTop(system), layout.rollBottom(system))]
            + (layout.drumRows.isEmpty ? [] : [(layout.laneTop(system), layout.bottom(system))])
        let beat = layout.meter.beat
        for bar in system.bars {
            let start = layout.meter.bar * bar
            for (top, bottom) in spans {
                for index in 1..<max(2, layout.meter.beatsPerBar) where beat * index < layout.meter.bar {
                    let x = layout.x(start + beat * index, system)
                    drawing.addVertical(x: x, from: top, to: bottom, width: 1, color: palette.beatLine)
                }
                drawing.addVertical(
                    x: layout.x(start, system), from: top, to: bottom, width: 1.4, color: palette.barLine)
            }
            drawing.add(
                Drawing.Text(
                    string: "\(bar + 1)", x: layout.x(start, system) + 5, y: layout.bottom(system) + 15, size: 11,
                    color: palette.quietInk))
        }
        for (top, bottom) in spans {
            drawing.addVertical(x: right, from: top, to: bottom, width: 1.4, color: palette.barLine)
        }
    }

    private func drawKeyboard(_ drawing: inout Drawing) {
        let x = left - RollStyle.keyboardWidth - 4
        drawing.add(
            Drawing.Rectangle(
                x: x, y: layout.rollTop(system), width: RollStyle.keyboardWidth, height: layout.rollHeight,
                color: palette.panel))
        for pitch in layout.pitches {
            let y = layout.y(pitch, system)
            if isBlack(pitch) {
                drawing.add(
                    Drawing.Rectangle(
                        x: x, y: y + 0.5, width: RollStyle.keyboardWidth * 0.62, height: RollStyle.rowHeight - 1,
                        radius: 1,
                        color: palette.ink.faded(0.75)))
            } else if [0, 5].contains(pitch % 12) {
                drawing.addHorizontal(
                    y: y + RollStyle.rowHeight, from: x, to: x + RollStyle.keyboardWidth, width: 1,
                    color: palette.octaveLine)
            }
        }
    }

    /// Where the harmony changes, and once more at the start of each line.
    private func drawChords(_ drawing: inout Drawing) {
        let plan = arrangement.accompaniment.plan
        let start = layout.meter.bar * system.bars.lowerBound
        var labels = plan.changes.compactMap { change in
            layout.clip(change.onset, change.onset + Tick(1), system).map { _ in (change.onset, change.chord, 1.0) }
        }
        if labels.first?.0 != start, let sounding = plan.chord(at: start) {
            labels.insert((start, sounding, 0.5), at: 0)
        }
        for (index, label) in labels.enumerated() {
            let x = layout.x(label.0, system)
            let next = index + 1 < labels.count ? layout.x(labels[index + 1].0, system) : right
            let symbol = label.1.description
            let size = min(14, 14 * (next - x - 12) / max(1, StrokeFont.layout(symbol, size: 14).width))
            drawing.add(
                Drawing.Rectangle(
                    x: x + 1, y: system.top + 2, width: max(4, next - x - 3), height: 22, radius: 6,
                    color: palette.chordPill.faded(label.2)))
            guard size >= 7 else { continue }
            drawing.add(
                Drawing.Text(
                    string: symbol, x: x + 8, y: system.top + 18, size: size, color: palette.ink.faded(label.2),
                    isBold: true))
        }
    }

    private func drawNotes(_ notes: [NoteEvent], _ color: Drawing.Color, isMelody: Bool, _ drawing: inout Drawing) {
        for note in notes where layout.pitches.contains(note.pitch.number) {
            guard let span = layout.clip(note.onset, note.end, system) else { continue }
            let x = layout.x(span.start, system)
            // A hair of air before the next note keeps repeated notes apart.
            let width = max(2.5, layout.x(span.end, system) - x - 1.5)
            let grow = isMelody ? 1.0 : 0.0
            let loudness = 0.55 + 0.45 * Double(note.velocity.number) / 127
            let y = layout.y(note.pitch.number, system) + 0.4 - grow
            let height = RollStyle.rowHeight - 0.8 + 2 * grow
            if isMelody {
                drawing.add(
                    Drawing.Rectangle(
                        x: x - 0.2, y: y - 1.2, width: width + 2.4, height: height + 2.4, radius: 4.2,
                        color: palette.panel))
            }
            drawing.add(
                Drawing.Rectangle(
                    x: x + 1, y: y, width: width, height: height, radius: 3,
                    color: color.faded(isMelody ? max(0.85, loudness) : loudness)))
        }
    }

    private func drawDrums(_ drawing: inout Drawing) {
        guard !layout.drumRows.isEmpty else { return }
        let color = palette.color(.drums)
        for note in arrangement.accompaniment.parts[.drums] ?? [] {
            guard layout.clip(note.onset, note.onset + Tick(1), system) != nil,
                let row = layout.drumRows.firstIndex(of: DrumRow(note.pitch, in: layout.kit))
            else { continue }
            let loudness = Double(note.velocity.number) / 127
            let diameter = 5 + 5 * loudness
            let y = layout.laneTop(system) + (Double(row) + 0.5) * RollStyle.drumRow
            drawing.add(
                Drawing.Rectangle(
                    x: layout.x(note.onset, system) + 1, y: y - diameter / 2, width: diameter, height: diameter,
                    radius: diameter / 2, color: color.faded(0.45 + 0.55 * loudness)))
        }
    }
}
