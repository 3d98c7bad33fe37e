import ConsoleAPI
import ContinuoClient
import Foundation
import Music
import StandardMIDIFile
import Testing

/// The console in a real Chromium: one evening, one browser.
@Suite(.serialized) struct PageInTheBrowserTests {
    /// Runs a test with a daemon and a browser; both end with it.
    private func onStage(_ body: (Stage, WebDriver) async throws -> Void) async throws {
        let stage = try await Stage()
        do {
            try await stage.startDaemon()
            try await body(stage, stage.browser)
            await stage.end()
        } catch {
            await stage.end()
            throw error
        }
    }

    /// Pixels of the roll that have a colour: notes have, lines and words are grey.
    private static let drawn = """
        (() => {
          const canvas = document.querySelector(arguments[0]);
          if (!canvas?.width) return 0;
          const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
          let count = 0;
          for (let i = 0; i < data.length; i += 4) {
            const low = Math.min(data[i], data[i + 1], data[i + 2]), high = Math.max(data[i], data[i + 1], data[i + 2]);
            if (data[i + 3] > 0 && high - low > 60) count += 1;
          }
          return count;
        })()
        """

    private func state(_ browser: WebDriver) async throws -> String {
        try await browser.run("return document.getElementById('state').dataset.state ?? ''") as? String ?? ""
    }

    @Test(.timeLimit(.minutes(4))) func anEveningWithThePage() async throws {
        try await onStage { stage, browser in
            try await stage.enter()
            let shown = try await browser.run("return location.href") as? String ?? ""
            #expect(!shown.contains("ticket"), "the ticket goes from the address: \(shown)")
            #expect(try await browser.run("return document.cookie") as? String == "", "scripts cannot read the token")

            // A melody on the keys of the screen; the roll shows it.
            try await browser.press("#action-record")
            try await browser.wait(
                until: "a take is awaited",
                "['armed', 'recording'].includes(document.getElementById('state').dataset.state)")
            let empty = try await browser.run("return \(Self.drawn)", ["#live-roll"]) as? Int ?? 0
            for pitch in [60, 62, 64, 65, 67, 65, 64, 62] {
                try await browser.press("[data-pitch='\(pitch)']", held: .milliseconds(180))
            }
            try await browser.wait(
                until: "the roll shows what was played", "\(Self.drawn) > arguments[1]", ["#live-roll", empty])
            try await browser.press("#action-record")

            // The band comes in.
            let take = try await browser.wait("the take is kept") {
                try await stage.client.takes(TakeListRequest()).first
            }
            #expect(take.noteCount == 8)
            if try await state(browser) != "playing" { try await browser.press("#action-accompany") }
            try await browser.wait(
                until: "the band plays", "document.getElementById('state').dataset.state === 'playing'")

            // A reload in the middle: the page finds everything again, without a new ticket.
            try await browser.reload()
            try await stage.isConnected()
            try await browser.wait(
                until: "the band plays on", "document.getElementById('state').dataset.state === 'playing'")

            // A second tab sees what the first does.
            let tabs = try await browser.openTab()
            try await browser.open(stage.address + "#live")
            try await stage.isConnected()
            try await browser.press("#action-stop")
            try await browser.press("#action-stop")
            try await browser.wait(
                until: "it stopped here", "document.getElementById('state').dataset.state !== 'playing'")
            try await browser.show(tabs.old)
            try await browser.wait(
                until: "it stopped there", "document.getElementById('state').dataset.state !== 'playing'")

            // The take with its band: its roll, its file, the way to publish it.
            _ = try await browser.run("location.hash = '#take/\(take.id)'")
            try await browser.wait(until: "the take's roll is drawn", "\(Self.drawn) > 200", ["#take-roll"])
            try await browser.wait(until: "the band is there", "document.querySelector('#take-bands tr')")
            let head =
                try await browser.run(
                    """
                    const link = document.querySelector("#take-tools a[download]");
                    return fetch(link.href).then((answer) => answer.arrayBuffer())
                      .then((bytes) => [String.fromCharCode(...new Uint8Array(bytes).slice(0, 4)), bytes.byteLength]);
                    """) as? [Any]
            #expect(head?.first as? String == "MThd" && (head?.last as? Int ?? 0) > 500, "\(head ?? [])")
            #expect(try await browser.text("#publish pre").hasPrefix("continuo publish \(take.id) --band "))
        }
    }

    @Test(.timeLimit(.minutes(4))) func aMelodyIsChangedByHandAndItsNewBandIsHeard() async throws {
        try await onStage { stage, browser in
            let tune = Phrase(
                notes: [60, 62, 64, 67, 64, 62, 60].enumerated().map { index, pitch in
                    NoteEvent(
                        pitch: Pitch(pitch), onset: .quarter * index, length: .quarter, velocity: Velocity(80))
                }, meter: .fourFour, tempo: .moderate, bars: 2)
            let origin = Take.Origin(keyboard: "file", trigger: "import")
            let file = MIDIFile(
                take: Take(
                    phrase: tune, performance: [], tempoMap: TempoMap(anchor: .zero, tempo: .moderate), origin: origin,
                    isDamaged: false), quantized: true)
            let take = try await stage.client.importFile(file.bytes, ImportRequest(name: "tune.mid")).take
            try await stage.enter()
            _ = try await browser.run("location.hash = '#take/\(take.id)'")
            try await browser.wait(until: "the take is shown", "document.getElementById('take-edit')")
            try await browser.press("#take-edit")
            try await browser.wait(until: "the editor is drawn", "\(Self.drawn) > 200", ["#edit-roll"])

            // With the keys alone: the second note a fourth up, the third away, one more at the end.
            func keys(_ keys: [String]) async throws {
                _ = try await browser.run(
                    """
                    const canvas = document.getElementById("edit-roll");
                    for (const key of arguments[0]) {
                      canvas.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
                    }
                    """, [keys])
            }
            try await keys([".", "."] + Array(repeating: "ArrowUp", count: 5))
            #expect(try await browser.text("#edit-say").hasPrefix("G4, bar 1, beat 2"))
            try await keys([".", "Delete"])
            // Taken back, and done again.
            try await browser.press("#edit-undo")
            try await browser.press("#edit-redo")
            // With the mouse: a note where there is none.
            _ = try await browser.run(
                """
                const canvas = document.getElementById("edit-roll"), box = canvas.getBoundingClientRect();
                const at = { clientX: box.right - 20, clientY: box.top + 60, pointerId: 1, bubbles: true };
                canvas.dispatchEvent(new PointerEvent("pointerdown", at));
                canvas.dispatchEvent(new PointerEvent("pointerup", at));
                """)
            // What was changed is there again after a reload in the middle.
            try await browser.reload()
            try await browser.wait(until: "the take is shown", "document.getElementById('take-edit')")
            try await browser.press("#take-edit")
            try await browser.press("#edit-band")
            try await browser.wait(until: "another take is shown", "location.hash !== '#take/\(take.id)'")
            try await browser.wait(until: "its band is there", "document.querySelector('#take-bands tr')")

            let edited = try #require(try await stage.client.takes(TakeListRequest()).first)
            let notes = try await stage.client.take(edited.id).notes
            #expect(notes.count == 7 && notes.prefix(3).map(\.pitch) == [60, 67, 67], "\(notes)")
            #expect(try await stage.client.take(take.id).notes.map(\.pitch) == tune.notes.map(\.pitch.number))

            // Heard: the element plays, and what it plays is no silence.
            _ = try await browser.run("document.getElementById('listen-audio').play()")
            try await browser.wait(
                until: "it plays", "document.getElementById('listen-audio').currentTime > 0.3")
            let loudness =
                try await browser.run(
                    """
                    const source = document.getElementById("listen-audio").src;
                    return fetch(source).then((answer) => answer.arrayBuffer())
                      .then((bytes) => new OfflineAudioContext(1, 44100, 44100).decodeAudioData(bytes))
                      .then((buffer) => {
                        const data = buffer.getChannelData(0);
                        let sum = 0;
                        for (const sample of data) sum += sample * sample;
                        return [Math.sqrt(sum / data.length), buffer.duration];
                      });
                    """) as? [Double] ?? []
            #expect(loudness.count == 2 && loudness[0] > 0.01 && loudness[1] > 3, "\(loudness)")
        }
    }

    @Test(.timeLimit(.minutes(4))) func aKeyboardOfTheBrowserIsOneMoreKeyboard() async throws {
        try await onStage { stage, browser in
            try await stage.enter()
            try await browser.press("#midi")
            try await browser.wait(
                until: "the keyboard is named", "document.getElementById('midi').textContent.includes('Stand-in Keys')")
            let empty = try await browser.run("return \(Self.drawn)", ["#live-roll"]) as? Int ?? 0
            _ = try await browser.run("standInKeys(0x90, 60, 100); standInKeys(0x80, 60, 0); standInKeys(0xf8)")
            try await browser.wait(until: "the roll shows it", "\(Self.drawn) > arguments[1]", ["#live-roll", empty])

            // The daemon starts again: the page takes the line up by itself, still let in, and plays on.
            stage.stopDaemon()
            try await browser.wait(
                until: "the loss is shown", "document.getElementById('connection').classList.contains('lost')")
            try await stage.startDaemon()
            try await stage.isConnected()
            try await browser.press("#action-record")
            try await browser.wait(
                until: "the new daemon does as told",
                "['armed', 'recording'].includes(document.getElementById('state').dataset.state)")
            #expect(try await stage.client.status().state != .idle)
        }
    }

    @Test(.timeLimit(.minutes(4))) func modelsAreShownAndJobsAreBegunPausedAndCancelled() async throws {
        try await onStage { stage, browser in
            try await stage.enter()
            _ = try await browser.run("location.hash = '#models'")
            try await browser.wait(
                until: "the four genres have their cards",
                "document.querySelectorAll('#model-list .model').length === 4")
            #expect(try await browser.text("#model-list").contains("Apache-2.0"))

            _ = try await browser.run("location.hash = '#training'")
            try await browser.wait(
                until: "the page is whole", "document.getElementById('job-list').children.length > 0")
            func begin(_ data: String) async throws {
                _ = try await browser.run(
                    """
                    document.getElementById("job-genre").value = "waltz";
                    document.getElementById("job-data").value = arguments[0];
                    """, [data])
                try await browser.press("#job-begin")
            }
            try await begin("/nowhere/at/all")
            try await browser.wait(
                until: "what is wrong is said",
                "document.getElementById('toast').textContent.includes('/nowhere/at/all')")

            // A song is too little to learn from, but enough for a job.
            let songs = FileManager.default.temporaryDirectory.appendingPathComponent(
                "songs-\(UUID().uuidString).jsonl")
            defer { try? FileManager.default.removeItem(at: songs) }
            try Data("{}\n".utf8).write(to: songs)
            try await begin(songs.path)
            try await browser.wait(until: "the job is shown", "location.hash.startsWith('#job/')")
            try await browser.wait(
                until: "it fails with a reason", "document.getElementById('job-facts').textContent.includes('failed')")
            let job = try #require(try await stage.client.jobs().jobs.first)
            #expect(job.state == .failed && !job.reason.isEmpty)
            #expect(try await browser.text("#job-facts").contains(job.reason))
            try await browser.wait(until: "it can be tried again", "document.getElementById('job-resume')")
        }
    }

    @Test(.timeLimit(.minutes(4))) func theNoiseIsMovedByHandAndTheVerdictIsSaid() async throws {
        try await onStage { stage, browser in
            try await stage.enter()
            _ = try await browser.run("location.hash = '#lesson'")
            try await browser.wait(
                until: "the band is drawn",
                "document.getElementById('lesson-roll-dial') && \(Self.drawn) > 200", ["#lesson-roll-dial"])
            let picture = "return document.getElementById('lesson-roll-dial').toDataURL()"
            let before = try await browser.run(picture) as? String ?? ""
            _ = try await browser.run(
                """
                const dial = document.getElementById("lesson-dial");
                dial.value = 3;
                dial.dispatchEvent(new Event("input"));
                """)
            try await browser.wait(
                until: "another band is drawn",
                "document.getElementById('lesson-roll-dial').toDataURL() !== arguments[0]", [before])
            try await browser.wait(
                until: "every moment is drawn",
                "[...document.querySelectorAll('.moments [id^=\"lesson-verdict-step-\"]')].filter((one) => one.textContent).length === 6"
            )
            try await browser.wait(
                until: "the verdicts are compared", "document.querySelectorAll('#lesson-bars-stranger i').length === 16"
            )
            #expect(try await browser.text("#lesson-body").contains("does not belong to the melody"))
            #expect(try await browser.run("return document.querySelectorAll('#lesson-losses svg').length") as? Int == 2)
        }
    }

    @Test(.timeLimit(.minutes(4))) func aStrangerSeesTheWayInAndNothingElse() async throws {
        try await onStage { stage, browser in
            let address = try await stage.client.consoleTicket().address
            try await browser.open(address)
            try await browser.wait(
                until: "the way in is shown",
                "document.querySelector('#outside pre')?.textContent.includes('continuo console')")
            let hidden = try await browser.run("return document.getElementById('live').hidden") as? Bool
            #expect(hidden == true)
            let status = try await browser.run("return fetch('/v1/takes').then((answer) => answer.status)") as? Int
            #expect(status == 401)
            // The page's own rules: nothing from elsewhere, no script inside the page.
            let inside =
                try await browser.run(
                    """
                    const script = document.createElement("script");
                    script.textContent = "window.isInside = true";
                    document.body.append(script);
                    return window.isInside ?? false;
                    """) as? Bool
            #expect(inside == false, "the policy refuses it")
        }
    }
}
