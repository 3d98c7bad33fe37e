import ConsoleAPI
import ContinuoClient
import Foundation
import MIDI
import Music
import Testing

@testable import Console

@Suite(.serialized) struct RouteTests {
    @Test func theStatusTravelsWhole() async throws {
        try await withConsole { (_, daemon, client, _) async throws in
            let status = try await client.status()
            let own = try await daemon.status()
            #expect(status == own)
        }
    }

    @Test func actionsReachTheDaemonAndReportTheStateAfterIt() async throws {
        try await withConsole { (_, _, client, _) async throws in
            #expect(try await client.perform(.record) == ActionReport(state: .recording, message: "record done"))
            #expect(try await client.perform(.record).state == .idle)
            #expect(try await client.perform(.genre(.jazz)).message == "genre done")
            #expect(try await client.perform(.tempo(Tempo(quartersPerMinute: 93.5)!)).message == "tempo done")
            #expect(try await client.perform(.meter(.sixEight)).message == "meter done")
            #expect(try await client.status().genre == "jazz")
        }
    }

    @Test func whatTheDaemonRefusesReachesTheClientInItsWords() async throws {
        try await withConsole { (_, _, client, _) async throws in
            let error = await #expect(throws: ClientError.self) { try await client.perform(.accompany) }
            #expect(error == .refused(APIError(status: 409, error: "nothing was played yet", advice: "play something")))
            let missing = await #expect(throws: ClientError.self) { try await client.perform(.genre(.symphony)) }
            #expect(missing == .refused(APIError(status: 503, error: "there is no symphony")))
        }
    }

    @Test func playedNotesArriveAsTheyWereSent() async throws {
        try await withConsole { (_, daemon, client, _) async throws in
            let messages = [
                InputMessage(.noteOn(Channel(1), Pitch(60), .mezzoForte)),
                InputMessage(.noteOff(Channel(1), Pitch(60)), delay: 0.25), InputMessage(.realTimeStart, delay: 600),
            ]
            #expect(try await client.inject(messages) == InputReport(accepted: 3))
            #expect(daemon.injected == messages)
            #expect(try await client.perform(.accompany).state == .playing)
        }
    }

    @Test func takesAreListedPageByPageAndShown() async throws {
        try await withConsole { (_, _, client, _) async throws in
            #expect(try await client.takes(TakeListRequest(limit: 2)).map(\.id) == [9, 8])
            #expect(try await client.takes(TakeListRequest(before: 3)).map(\.id) == [2, 1])
            #expect(try await client.take(5) == FakeDaemon.take(5))
            let error = await #expect(throws: ClientError.self) { try await client.take(10) }
            #expect(error == .refused(APIError(status: 404, error: "there is no take 10")))
        }
    }

    @Test func audioIsAnsweredWholeAndInRanges() async throws {
        try await withConsole { (_, _, client, _) async throws in
            func get(_ path: String, _ fields: String = "") async -> String {
                await exchangeRaw(client, ["GET \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\(fields)\r\n"])
            }
            let whole = await get("/v1/arrangements/3/audio?part=bass")
            #expect(whole.hasPrefix("HTTP/1.1 200 OK\r\n") && whole.hasSuffix("\r\n\r\nbass ogg"))
            #expect(whole.contains("Content-Type: audio/ogg\r\n") && whole.contains("Accept-Ranges: bytes\r\n"))
            let middle = await get("/v1/arrangements/3/audio?format=flac", "Range: bytes=4-5\r\n")
            #expect(middle.hasPrefix("HTTP/1.1 206 Partial Content\r\n") && middle.hasSuffix("\r\n\r\nfl"), "\(middle)")
            #expect(middle.contains("Content-Range: bytes 4-5/8\r\n") && middle.contains("Content-Length: 2\r\n"))
            let behind = await get("/v1/arrangements/3/audio", "Range: bytes=400-\r\n")
            #expect(behind.hasPrefix("HTTP/1.1 416") && behind.contains("Content-Range: bytes */7\r\n"), "\(behind)")
            for query in ["format=exe", "part=../../etc/passwd", "part="] {
                #expect(await get("/v1/arrangements/3/audio?\(query)").hasPrefix("HTTP/1.1 400"), "\(query)")
            }
            #expect(await get("/v1/arrangements/9/audio").hasPrefix("HTTP/1.1 404"))
        }
    }

    @Test func anArrangementIsShownAndExported() async throws {
        try await withConsole { (_, _, client, _) async throws in
            let arrangement = try await client.arrangement(3)
            #expect(arrangement == FakeDaemon.arrangement)
            #expect(arrangement.summary.seed == "18446744073709551615")
            #expect(arrangement.chords.map(\.chord) == ["Bbmaj7"])
            #expect(try await client.midiFile(arrangement: 3, straight: false) == Array("MThd".utf8) + [0, 255, 10])
            #expect(
                try await client.midiFile(arrangement: 3, straight: true) == Array("MThd".utf8) + [1, 255, 10])
            let broken = await #expect(throws: ClientError.self) {
                try await client.midiFile(arrangement: 4, straight: false)
            }
            guard case .refused(let error) = broken else {
                Issue.record("not refused: \(broken as Any)")
                return
            }
            #expect(error.status == 500)
        }
    }

    @Test(arguments: [
        ("GET /v2/status", 404, "there is no /v2/status"), ("GET /v1/takes/abc", 404, "there is no"),
        ("GET /v1/takes/99999999999999999999", 404, "there is no"), ("PUT /v1/takes/1", 405, "use GET, DELETE"),
        ("GET /v1/actions", 405, "use POST"), ("GET /v1/takes?limit=0", 400, "limit is 1 to 500"),
        ("GET /v1/takes?before=x", 400, "before is the number of a take"),
        ("GET /v1/events?after=-1", 400, "Last-Event-ID is no number"),
        ("GET /v1/takes?tempo=120-90", 400, "tempo is quarter notes a minute"),
        ("GET /v1/takes?words=%zz", 400, "percent encoding"), ("GET /v1/takes?words=%ff", 400, "percent encoding"),
        ("GET /v1/takes?since=yesterday", 400, "since is a time"), ("GET /v1/takes?rating=6", 400, "rating is 0 to 5"),
        ("GET /v1/takes?deleted=1", 400, "deleted is true or false"),
        ("GET /v1/arrangements/5.mid", 404, "no arrangement 5"),
    ])
    func wrongAddressesAreExplained(line: String, status: Int, words: String) async throws {
        try await withConsole { (_, _, client, _) async throws in
            let answer = await exchangeRaw(client, ["\(line) HTTP/1.1\r\nConnection: close\r\n\r\n"])
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
            #expect(answer.contains(words))
            #expect(answer.contains("\"advice\":"))
            #expect(answer.contains("Allow: ") == (status == 405))
        }
    }

    @Test(arguments: [
        ("/v1/actions", "{", "not JSON"), ("/v1/actions", "{}", "action is missing"),
        ("/v1/actions", "{\"action\":\"dance\"}", "is no action; there are record, accompany"),
        ("/v1/actions", "{\"action\":3}", "action is no text"),
        ("/v1/actions", "{\"action\":\"tempo\",\"tempo\":1000}", "tempo: a tempo is 20 to 400"),
        ("/v1/actions", "{\"action\":\"meter\",\"meter\":\"4-4\"}", "meter: a metre is written"),
        ("/v1/actions", "{\"action\":\"genre\",\"genre\":\"../x\"}", "genre: a genre's name"),
        (
            "/v1/input", "{\"messages\":[{\"bytes\":[144,60,80]},{\"bytes\":[60]}]}",
            "messages[1].bytes: [60] is no short MIDI message"
        ),
        ("/v1/input", "{\"messages\":[{\"bytes\":[144,60,80],\"delay\":-1}]}", "delay is 0 to 600"),
        ("/v1/input", "{\"messages\":[{\"bytes\":[144,300,80]}]}", "messages[0].bytes: [144, 300, 80] is no short"),
        ("/v1/input", "[]", "the body"), ("/v1/models/Po%20lka/rollback", "{}", "is no genre's name"),
        ("/v1/models/waltz/rollback", "{\"version\":\"two\"}", "version"),
        ("/v1/models/waltz/release", "{}", "job is missing"),
        ("/v1/models/waltz/release", "{\"job\":1,\"forse\":true}", "forse: a release has no such member"),
        ("/v1/jobs", "{\"genre\":\"waltz\"}", "data is missing"),
        (
            "/v1/jobs", "{\"genre\":\"waltz\",\"data\":\"/d\",\"stepz\":1}",
            "stepz: a job has no such member; it has genre, data"
        ),
        (
            "/v1/jobs", "{\"genre\":\"waltz\",\"data\":\"/d\",\"settings\":{\"a\":[]}}",
            "settings.a: a setting is a text"
        ),
        ("/v1/jobs", "{\"genre\":\"polka\",\"data\":\"/d\"}", "genre: no"), ("/v1/jobs/4/pause", "[", "not JSON"),
    ])
    func badBodiesAreExplained(path: String, body: String, words: String) async throws {
        try await withConsole { (_, _, client, _) async throws in
            let head = "POST \(path) HTTP/1.1\r\nConnection: close\r\nContent-Type: application/json\r\n"
            let answer = await exchangeRaw(client, [head + "Content-Length: \(body.utf8.count)\r\n\r\n" + body])
            #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(answer)")
            #expect(answer.replacing("\\\"", with: "\"").contains(words), "\(answer)")
        }
    }

    @Test func everyPartOfASearchTravels() async throws {
        try await withConsole { (_, daemon, client, _) async throws in
            let request = TakeListRequest(
                limit: 7, before: 12, words: "Für 100 % & mehr", keyboard: "MPK mini+", genre: .jazz,
                tags: ["late night", "waltz"], key: "Bb minor", tempo: 92.5...120, rating: 3,
                since: Date(timeIntervalSince1970: 1_700_000_000), until: Date(timeIntervalSince1970: 1_800_000_000),
                deleted: true)
            _ = try await client.takes(request)
            #expect(daemon.wanted == request)
            _ = try await client.takes(TakeListRequest())
            #expect(daemon.wanted == TakeListRequest())
        }
    }

    @Test func takesAreMarkedDeletedVerifiedPlayedAndImported() async throws {
        try await withConsole { (_, _, client, _) async throws in
            #expect(try await client.tags() == [TagReport(tag: "waltz", takes: 2)])
            let marked = try await client.mark(5, MarkRequest(tag: ["a"], untag: ["b"], rating: 4))
            #expect(marked.tags == ["a", "-b"] && marked.rating == 4)
            #expect(try await client.delete(5).deletedAt == FakeDaemon.moment)
            #expect(try await client.restore(5).deletedAt == nil)
            #expect(try await client.verify(5).items.map(\.outcome) == [.modelAbsent])
            let played = try await client.play(take: 5, arrangement: 3)
            #expect(played.takeID == 5 && played.arrangementID == 3)
            let file = Array("MThd".utf8) + [0, 255]
            let imported = try await client.importFile(
                file, ImportRequest(name: "a b.mid", track: "lead & co", tags: ["x"]))
            #expect(imported.take.tags == ["x", "lead & co"] && imported.notices == ["a notice"])
            let error = await #expect(throws: ClientError.self) {
                try await client.importFile([1], ImportRequest(name: "é.mid"))
            }
            #expect(error == .refused(APIError(status: 400, error: "é.mid is no MIDI file")))
        }
    }

    @Test func aFileIsTakenOnlyAsWhatItIs() async throws {
        try await withConsole { (_, _, client, _) async throws in
            let head = "POST /v1/takes?name=a HTTP/1.1\r\nConnection: close\r\nContent-Length: 4\r\n"
            let answer = await exchangeRaw(client, [head + "Content-Type: text/plain\r\n\r\nMThd"])
            #expect(answer.hasPrefix("HTTP/1.1 415 "))
        }
    }

    @Test func aMelodyChangedByHandAndAnotherBandTravel() async throws {
        try await withConsole { (_, _, client, _) async throws in
            let notes = [NoteReport(pitch: 60, onset: 0, length: 480, velocity: 80)]
            #expect(try await client.edit(5, MelodyRequest(notes: notes)).noteCount == 1)
            let error = await #expect(throws: ClientError.self) { try await client.edit(5, MelodyRequest(notes: [])) }
            #expect(
                error
                    == .refused(
                        .badRequest("the melody has no notes", advice: "leave at least one, or delete the take")))
            #expect(try await client.arrange(5, ArrangeRequest(genre: "jazz")) == FakeDaemon.arrangement)
            await #expect(throws: ClientError.self) { try await client.arrange(5, ArrangeRequest(genre: "polka")) }
        }
    }

    @Test func curvesAndSamplesOfAJobTravel() async throws {
        try await withConsole { (_, _, client, _) async throws in
            #expect(try await client.curves(ofJob: 4) == FakeDaemon.curves)
            let sample = try await client.sample(ofJob: 4, step: 9, melody: 1, format: .audio)
            #expect(sample == Array("ogg".utf8))
            await #expect(throws: ClientError.self) {
                try await client.sample(ofJob: 4, step: 8, melody: 1, format: .midi)
            }
            for query in ["", "step=9", "step=x&melody=1", "step=9&melody=1&format=../x", "step=-1&melody=1"] {
                let answer = await exchangeRaw(
                    client, ["GET /v1/jobs/4/sample?\(query) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"])
                #expect(answer.hasPrefix("HTTP/1.1 400"), "\(query)")
            }
        }
    }

    @Test func lessonsTravel() async throws {
        try await withConsole { (_, _, client, _) async throws in
            #expect(try await client.lessons() == FakeDaemon.lessons)
            let wish = LessonRequest(melody: "ode", author: .stranger, step: 20, seed: .max, shift: -0.5)
            let band = try await client.lesson(wish)
            #expect(band.author == "stranger" && band.step == 20 && band.verdicts == [-0.5])
            #expect(try await client.lessonAudio(wish) == Array("OggS18446744073709551615".utf8))
            await #expect(throws: ClientError.self) { try await client.lesson(LessonRequest(melody: "other")) }
            for query in [
                "", "melody=ode&by=me", "melody=ode&step=-1", "melody=ode&seed=x", "melody=ode&shift=nan",
                "melody=ode&shift=5",
            ] {
                let answer = await exchangeRaw(
                    client, ["GET /v1/lessons/band?\(query) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"])
                #expect(answer.hasPrefix("HTTP/1.1 400"), "\(query)")
            }
        }
    }

    @Test func devicesAreListedAndConsentTravels() async throws {
        try await withConsole { (_, _, client, _) async throws in
            #expect(try await client.devices() == [FakeDaemon.device])
            #expect(try await client.consent(true, device: FakeDaemon.device.id).buttons[0].acts)
            #expect(try await !client.consent(false, device: FakeDaemon.device.id).buttons[0].acts)
            let error = await #expect(throws: ClientError.self) { try await client.consent(true, device: "other") }
            #expect(error == .refused(APIError(status: 404, error: "no keyboard is called \"other\"")))
        }
    }

    @Test func everyStepOfLearningTravels() async throws {
        try await withConsole { (_, _, client, _) async throws in
            #expect(try await client.learning().step == .off)
            let begun = try await client.learn(LearnRequest(device: "Keys", action: "play"))
            #expect(begun == LearningReport(step: .asking, device: "Keys", asked: "play", message: "press"))
            #expect(try await client.learnAsk("stop").asked == "stop")
            #expect(try await client.learnKeep().file == "/x.toml")
            #expect(try await client.learnCancel().message == "cancel")
            #expect(try await client.learnUndo().message == "undo")
        }
    }

    @Test func modelsAreListedShownRolledBackAndReleased() async throws {
        let waltz = Genre(rawValue: "waltz")!
        try await withConsole { (_, _, client, _) async throws in
            #expect(try await client.models() == ModelListReport(models: [FakeDaemon.model]))
            #expect(try await client.model(of: waltz) == FakeDaemon.model)
            #expect(try await client.rollBack(waltz, RollbackRequest()).summary.version == 1)
            #expect(try await client.rollBack(waltz, RollbackRequest(version: 0)).summary.version == 0)
            #expect(try await client.release(waltz, ReleaseRequest(job: 7, force: true)).summary.version == 7)
            let missed = await #expect(throws: ClientError.self) {
                try await client.release(waltz, ReleaseRequest(job: 7))
            }
            #expect(missed == .refused(APIError(status: 409, error: "it misses SCORE", advice: "force")))
            let other = await #expect(throws: ClientError.self) {
                try await client.rollBack(waltz, RollbackRequest(hash: "zz"))
            }
            #expect(other == .refused(APIError(status: 409, error: "it is another one")))
            let unknown = await #expect(throws: ClientError.self) { try await client.model(of: .jazz) }
            #expect(unknown == .refused(APIError(status: 404, error: "there is no genre 'jazz'")))
        }
    }

    @Test func jobsAreListedShownBegunAndChanged() async throws {
        try await withConsole { (_, _, client, _) async throws in
            let list = try await client.jobs()
            #expect(list == JobListReport(jobs: [FakeDaemon.job.summary], problems: ["job 3 could not be read"]))
            #expect(try await client.job(4) == FakeDaemon.job)
            let request = JobRequest(
                genre: "waltz", data: "/a b", filter: "-tag:Folk", preset: "quick", start: "jazz",
                settings: ["leaning": "-1.5", "batch": "16"])
            #expect(try await client.create(request).request == request)
            for step in JobStep.allCases {
                #expect(try await client.change(job: 4, step).summary.reason == step.rawValue)
            }
            #expect(try await client.deleteJob(4) == FakeDaemon.job)
            let error = await #expect(throws: ClientError.self) { try await client.job(5) }
            #expect(error == .refused(APIError(status: 404, error: "there is no job 5")))
        }
    }

    @Test func settingsOfAJobMayBeNumbersAndFlags() async throws {
        try await withConsole { (_, _, client, _) async throws in
            let body =
                "{\"genre\":\"waltz\",\"data\":\"/d\",\"settings\":{\"batch\":16,\"rate\":0.5,\"early\":true,\"mix\":\"a=1\"}}"
            let head = "POST /v1/jobs HTTP/1.1\r\nConnection: close\r\nContent-Type: application/json\r\n"
            let answer = await exchangeRaw(client, [head + "Content-Length: \(body.utf8.count)\r\n\r\n" + body])
            #expect(answer.hasPrefix("HTTP/1.1 201 "), "\(answer)")
            #expect(
                answer.contains("{\"batch\":\"16\",\"early\":\"true\",\"mix\":\"a=1\",\"rate\":\"0.5\"}"), "\(answer)")
        }
    }

    @Test func theDocumentedRoutesAreTheServedOnes() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "../../docs/openapi.yaml")
        var documented: Set<String> = []
        var path = ""
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
            if line.hasPrefix("  /") { path = line.trimmingCharacters(in: .whitespaces.union([":"])) }
            if line.hasPrefix("components") { break }
            if let method = ["get", "post", "put", "delete", "patch"].first(where: { line == "    \($0):" }) {
                documented.insert("\(method.uppercased()) \(path)")
            }
        }
        #expect(documented == Set(Route.allCases.map(\.rawValue)))
    }

    @Test func theDocumentedWordsAreTheOnesInUse() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "../../docs/openapi.yaml")
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(text.contains("enum: [\(ActionRequest.names.joined(separator: ", "))]"))
        #expect(text.contains("enum: [\(PlayerState.allCases.map(\.rawValue).joined(separator: ", "))]"))
        #expect(text.contains("enum: [\(LearningReport.Step.allCases.map(\.rawValue).joined(separator: ", "))]"))
        #expect(text.contains("enum: [\(JobState.allCases.map(\.rawValue).joined(separator: ", "))]"))
        #expect(text.contains("maximum: \(TakeListRequest.largestPage), default: \(TakeListRequest.defaultPage)"))
        #expect(text.contains("maxItems: \(InputRequest.maximumMessages)"))
    }
}
