import Music
import Testing

@testable import MusicXML

@Suite struct MusicXMLFileTests {
    private func note(_ pitch: Int, _ onset: Int, _ length: Int) -> NoteEvent {
        NoteEvent(pitch: Pitch(pitch), onset: .steps(onset), length: .steps(length), velocity: .mezzoForte)
    }

    private func phrase(_ notes: [NoteEvent], meter: Meter = .fourFour, bars: Int = 2) -> Phrase {
        Phrase(notes: notes, meter: meter, tempo: Tempo(quartersPerMinute: 97.5)!, bars: bars)
    }

    @Test func aSmallScoreIsWrittenLikeThis() throws {
        let chords = ChordPlan(
            window: .steps(24), chords: [Chord(root: 10, quality: .majorSeventh), Chord(root: 5, quality: .seventh)])
        let text = try MusicXMLFile(
            phrase: phrase([note(70, 0, 36), note(74, 36, 4)], bars: 1), chords: chords, program: Program(73),
            options: .init(title: "A & B", composer: "C <D>", key: Key(tonic: 10, mode: .major))
        ).text
        #expect(
            text == """
                <?xml version="1.0" encoding="UTF-8" standalone="no"?>
                <!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" "http://www.musicxml.org/dtds/partwise.dtd">
                <score-partwise version="4.0">
                  <work>
                    <work-title>A &amp; B</work-title>
                  </work>
                  <identification>
                    <creator type="composer">C &lt;D&gt;</creator>
                    <encoding>
                      <software>Continuo</software>
                    </encoding>
                  </identification>
                  <part-list>
                    <score-part id="P1">
                      <part-name>Melody</part-name>
                      <score-instrument id="P1-I1">
                        <instrument-name>Melody</instrument-name>
                      </score-instrument>
                      <midi-instrument id="P1-I1">
                        <midi-channel>1</midi-channel>
                        <midi-program>74</midi-program>
                      </midi-instrument>
                    </score-part>
                  </part-list>
                  <part id="P1">
                    <measure number="1">
                      <attributes>
                        <divisions>12</divisions>
                        <key>
                          <fifths>-2</fifths>
                          <mode>major</mode>
                        </key>
                        <time>
                          <beats>4</beats>
                          <beat-type>4</beat-type>
                        </time>
                        <clef>
                          <sign>G</sign>
                          <line>2</line>
                        </clef>
                      </attributes>
                      <direction placement="above">
                        <direction-type>
                          <metronome>
                            <beat-unit>quarter</beat-unit>
                            <per-minute>98</per-minute>
                          </metronome>
                        </direction-type>
                        <sound tempo="97.5"/>
                      </direction>
                      <harmony print-frame="no">
                        <root>
                          <root-step>B</root-step>
                          <root-alter>-1</root-alter>
                        </root>
                        <kind text="maj7">major-seventh</kind>
                      </harmony>
                      <harmony print-frame="no">
                        <root>
                          <root-step>F</root-step>
                        </root>
                        <kind text="7">dominant</kind>
                        <offset>24</offset>
                      </harmony>
                      <note>
                        <pitch>
                          <step>B</step>
                          <alter>-1</alter>
                          <octave>4</octave>
                        </pitch>
                        <duration>36</duration>
                        <voice>1</voice>
                        <type>half</type>
                        <dot/>
                      </note>
                      <note>
                        <pitch>
                          <step>D</step>
                          <octave>5</octave>
                        </pitch>
                        <duration>3</duration>
                        <voice>1</voice>
                        <type>16th</type>
                      </note>
                      <note>
                        <rest/>
                        <duration>3</duration>
                        <voice>1</voice>
                        <type>16th</type>
                      </note>
                      <note>
                        <rest/>
                        <duration>6</duration>
                        <voice>1</voice>
                        <type>eighth</type>
                      </note>
                      <barline location="right">
                        <bar-style>light-heavy</bar-style>
                      </barline>
                    </measure>
                  </part>
                </score-partwise>

                """)
    }

    @Test func halfABarOfSilenceOrMoreBeginsWithAPickup() throws {
        let pickup = try ReadScore(MusicXMLFile(phrase: phrase([note(60, 36, 12), note(62, 48, 48)])).text)
        #expect(pickup.bars == [12, 48])
        #expect(pickup.text("part/measure[1]/@implicit") == "yes")
        #expect(pickup.text("part/measure[1]/@number") == "0")
        #expect(pickup.text("part/measure[2]/@number") == "1")
        let late = try ReadScore(MusicXMLFile(phrase: phrase([note(60, 12, 12), note(62, 48, 48)])).text)
        #expect(late.bars == [48, 48])
        #expect(late.text("part/measure[1]/@number") == "1")
        #expect(late.text("part/measure[1]/@implicit") == nil)
        // A bar of its own is no pickup to anything, nor is silence.
        #expect(try ReadScore(MusicXMLFile(phrase: phrase([note(60, 36, 12)], bars: 1)).text).bars == [48])
        #expect(try ReadScore(MusicXMLFile(phrase: phrase([])).text).bars == [48, 48])
        // A pickup on a triplet begins with its beat, and so does one that has a tuplet in its first beat.
        let mixed = phrase([note(60, 39, 1), note(62, 40, 8), note(62, 48, 48)])
        #expect(try ReadScore(MusicXMLFile(phrase: mixed, options: .init(lengths: .exact)).text).bars == [12, 48])
        #expect(
            try ReadScore(MusicXMLFile(phrase: phrase([note(60, 40, 8), note(62, 48, 48)])).text).bars == [12, 48])
    }

    @Test func theChordAtThePickupIsTheOneThatHoldsThere() throws {
        let plan = ChordPlan(
            window: .steps(24), chords: [0, 5, 7, 7].map { Chord(root: $0, quality: .major) })
        let read = try ReadScore(MusicXMLFile(phrase: phrase([note(60, 36, 12), note(62, 48, 48)]), chords: plan).text)
        #expect(read.symbols.map(\.text) == ["F major", "G major"])
        #expect(read.symbols.map(\.onset) == [0, 12])
    }

    @Test func compoundMetresCountDottedQuarters() throws {
        let read = try ReadScore(MusicXMLFile(phrase: phrase([note(60, 0, 36)], meter: .sixEight, bars: 1)).text)
        #expect(read.text("part/measure/direction/direction-type/metronome/per-minute") == "65")
        #expect(read.text("part/measure/direction/direction-type/metronome/beat-unit-dot") == "")
        #expect(read.text("part/measure/direction/sound/@tempo") == "97.5")
    }

    @Test(arguments: [(48, "F"), (60, "G"), (56, "F"), (57, "G")])
    func theClefFollowsTheRegister(pitch: Int, sign: String) throws {
        let read = try ReadScore(MusicXMLFile(phrase: phrase([note(pitch, 0, 48)], bars: 1)).text)
        #expect(read.text("part/measure/attributes/clef/sign") == sign)
    }

    @Test(arguments: [
        (Key(tonic: 0, mode: .major), "C C# D Eb E F F# G Ab A Bb B"),
        (Key(tonic: 9, mode: .minor), "C C# D Eb E F F# G G# A Bb B"),
        (Key(tonic: 1, mode: .major), "C Db D Eb Fb F Gb G Ab Bbb Bb Cb"),
        (Key(tonic: 6, mode: .major), "B# C# D D# E E# F# F## G# A A# B"),
        (Key(tonic: 4, mode: .minor), "C C# D D# E F F# G G# A Bb B"),
        (Key(tonic: 2, mode: .minor), "C C# D Eb E F F# G Ab A Bb B"),
    ])
    func pitchesAreSpelledInTheirKey(key: Key, names: String) {
        let spelling = Spelling(key)
        let spelled = (0..<12).map { pitchClass in
            let (step, alter) = spelling.name(pitchClass: pitchClass)
            return step + String(repeating: alter < 0 ? "b" : "#", count: abs(alter))
        }
        #expect(spelled.joined(separator: " ") == names)
    }

    @Test func spelledPitchesSoundAsTheyAre() {
        for key in (0..<12).flatMap({ tonic in Key.Mode.allCases.map { Key(tonic: tonic, mode: $0) } }) {
            let spelling = Spelling(key)
            for pitch in 12..<128 {
                let spelled = spelling.spelled(Pitch(pitch))
                let base = ["C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11][spelled.step]!
                #expect(12 * (spelled.octave + 1) + base + spelled.alter == pitch)
            }
        }
    }

    @Test func drumsAreWrittenWithHandsAndFeet() throws {
        var arrangement = Arrangement(
            phrase: phrase([note(60, 0, 48)], bars: 1),
            accompaniment: Accompaniment(
                genre: .pop, parts: [.drums: [note(36, 0, 3), note(42, 0, 3), note(42, 6, 3), note(38, 12, 3)]],
                plan: ChordPlan(window: .steps(24), chords: []),
                instrumentation: Instrumentation(programs: [:], melody: Program(0)), groove: .straight,
                provenance: .init(seed: 1, accompanist: "arranger", modelHash: "", instructionSet: "", temperature: 1)))
        let read = try ReadScore(MusicXMLFile(arrangement: arrangement, options: .init(writesBand: true)).text)
        #expect(read.text("part[2]/measure/attributes/clef/sign") == "percussion")
        #expect(
            try read.root.nodes(forXPath: "part-list/score-part[2]/score-instrument/instrument-name").map {
                $0.stringValue!
            }
                == ["Bass Drum", "Snare", "Closed Hi-Hat"])
        #expect(
            try read.root.nodes(forXPath: "part[2]/measure/note[unpitched]/type").map { $0.stringValue! } == [
                "eighth", "eighth", "quarter", "quarter",
            ])
        #expect(read.text("part[1]/measure/direction/direction-type/words") == nil)
        arrangement.accompaniment.groove = Groove(swing: 0.66)
        #expect(try MusicXMLFile(arrangement: arrangement).text.contains("<words>Swing </words>"))
    }

    @Test func textIsFreeOfWhatXMLDoesNotAllow() throws {
        let text = try MusicXMLFile(
            phrase: phrase([], bars: 1), options: .init(title: "a\u{0}b\u{1B}\n'\"<>&\u{FFFE}ü")
        ).text
        #expect(text.contains("<work-title>ab '&quot;&lt;&gt;&amp;ü</work-title>"))
    }
}
