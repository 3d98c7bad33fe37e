import Foundation
import SoundCloudStandIn
import Testing

@testable import Publishing

/// Uploading, and everything that goes wrong on the way.
@Suite(.serialized) struct UploadTests {
    private func studio() throws -> Studio {
        let studio = try Studio()
        try studio.signIn()
        return studio
    }

    private func failure(_ studio: Studio, _ track: TrackUpload) -> PublishError? {
        #expect(throws: PublishError.self) { try studio.soundCloud().upload(track) { _, _ in true } }
    }

    @Test func aTrackArrivesWholeAndPrivate() throws {
        let studio = try studio()
        var song = try studio.song()
        song.tags = ["late night", "band"]
        song.genre = "jazz"
        var last: (Int64, Int64) = (0, 0)
        var calls = 0
        let published = try studio.soundCloud().upload(song) { sent, total in
            #expect(sent >= 0 && total >= 0)
            if total > 0 { last = (sent, total) }
            calls += 1
            return true
        }
        #expect(published.address == "https://soundcloud.com/a-player/track-1" && published.sharing == "private")
        let track = try #require(studio.service.tracks.first)
        #expect(track.fields["track[sharing]"] == "private" && track.fields["track[title]"] == "Évening, \"blue\"")
        #expect(track.fields["track[tag_list]"] == "\"late night\" band" && track.fields["track[genre]"] == "jazz")
        #expect(track.file == Array(try Data(contentsOf: URL(fileURLWithPath: song.path))))
        #expect(calls > 1 && last.0 == last.1 && last.1 > 300_000)
    }

    @Test func publicIsPublicAlone() throws {
        let studio = try studio()
        var song = try studio.song()
        song.isPublic = true
        let published = try studio.soundCloud().upload(song) { _, _ in true }
        #expect(published.sharing == "public")
    }

    @Test func anOldTokenIsExchangedByItself() throws {
        let studio = try studio()
        let before = try #require(try studio.file.read()?.tokens)
        studio.service.endAccess()
        _ = try studio.soundCloud().upload(try studio.song()) { _, _ in true }
        let after = try #require(try studio.file.read()?.tokens)
        #expect(after.access != before.access && after.refresh != before.refresh)
        #expect(studio.service.tracks.count == 1)
    }

    @Test func aTokenWhoseTimeIsOverIsExchangedFirst() throws {
        let studio = try studio()
        var account = try #require(try studio.file.read())
        account.tokens?.until = 0
        try studio.file.write(account)
        _ = try studio.soundCloud().upload(try studio.song()) { _, _ in true }
        #expect(studio.service.requests.suffix(2) == ["POST /oauth/token", "POST /tracks"])
    }

    /// A refresh token is good once: of two commands one exchanges it and the other takes what came of it.
    @Test func twoCommandsShareOneExchange() async throws {
        let studio = try studio()
        var account = try #require(try studio.file.read())
        account.tokens?.until = 0
        try studio.file.write(account)
        let song = try studio.song(bytes: 1000)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let published = try? studio.soundCloud().upload(song) { _, _ in true }
                    #expect(published != nil)
                }
            }
        }
        #expect(studio.service.requests.count { $0 == "POST /oauth/token" } == 2, "one to sign in, one later")
        #expect(studio.service.tracks.count == 4)
    }

    @Test func withoutATokenTheNextStepIsNamed() throws {
        let studio = try studio()
        studio.service.endEverything()
        let error = failure(studio, try studio.song())
        #expect(error?.kind == .permission && error?.advice.contains("publish login") == true, "\(error as Any)")
    }

    @Test func anAccountThatMayNotUploadIsToldApart() throws {
        let studio = try studio()
        studio.service.fail(.unverified, .unverified)
        let error = failure(studio, try studio.song())
        #expect(error?.kind == .permission && error?.advice.contains("e-mail address is confirmed") == true)
    }

    @Test func aFileThatIsNoAudioIsRefusedInSoundCloudsWords() throws {
        let studio = try studio()
        let error = failure(studio, try studio.song(head: "nonsense"))
        #expect(error?.kind == .badInput)
        #expect(error?.cause == "SoundCloud says: unable to process provided asset_data (422)")
    }

    @Test func aShortLimitIsWaitedForAndALongOneIsTold() throws {
        let studio = try studio()
        var waits: [Double] = []
        studio.service.fail(.tooOften(retryAfter: 7))
        _ = try studio.soundCloud { waits.append($0) }.upload(try studio.song()) { _, _ in true }
        #expect(waits == [7])
        studio.service.fail(.limitUntil("2099/06/01 09:49:40 +0000"))
        let error = failure(studio, try studio.song())
        #expect(error?.kind == .later && error?.advice.hasSuffix("hours") == true, "\(error as Any)")
        studio.service.fail(
            .tooOften(retryAfter: 1), .tooOften(retryAfter: 1), .tooOften(retryAfter: 1), .tooOften(retryAfter: 1))
        let often = failure(studio, try studio.song())
        #expect(often?.kind == .later && often?.cause == "SoundCloud was asked too often")
    }

    @Test func troubleOfTheServicePasses() throws {
        let studio = try studio()
        var waits: [Double] = []
        studio.service.fail(.overloaded, .overloaded)
        _ = try studio.soundCloud { waits.append($0) }.upload(try studio.song()) { _, _ in true }
        #expect(waits == [2, 4] && studio.service.tracks.count == 1)
    }

    @Test func aConnectionCutInTheMiddleIsTriedAgain() throws {
        let studio = try studio()
        studio.service.fail(.cut)
        // More than the buffers on the way hold.
        let song = try studio.song(bytes: 12_000_000)
        var waits: [Double] = []
        _ = try studio.soundCloud { waits.append($0) }.upload(song) { _, _ in true }
        #expect(waits == [2] && studio.service.tracks.count == 1)
        #expect(studio.service.tracks.first?.file.count == 12_000_004)
    }

    /// Nobody wants the same track twice.
    @Test func whatMayHaveArrivedIsNotSentAgain() throws {
        let studio = try studio()
        studio.service.fail(.cutAfterAll)
        let error = failure(studio, try studio.song())
        #expect(error?.kind == .unreachable && error?.advice.contains("it may have arrived") == true, "\(error as Any)")
        #expect(studio.service.requests.count { $0 == "POST /tracks" } == 1)
    }

    @Test func anUploadIsInterrupted() throws {
        let studio = try studio()
        let error = #expect(throws: PublishError.self) {
            try studio.soundCloud().upload(try studio.song()) { _, _ in false }
        }
        #expect(error?.kind == .interrupted && studio.service.tracks.isEmpty)
    }

    @Test func nobodyThereIsSaidSo() throws {
        let studio = try studio()
        studio.service.stop()
        // The port is free again once the listener has ended.
        for _ in 0..<200 where (try? WebClient().send(WebRequest(address: studio.service.address + "/me"))) != nil {
            Thread.sleep(forTimeInterval: 0.01)
        }
        let error = failure(studio, try studio.song())
        #expect(error?.kind == .unreachable && error?.cause == "127.0.0.1 takes no connection", "\(error as Any)")
    }

    @Test func whatCannotBeTakenIsNotSent() throws {
        let studio = try studio()
        var song = try studio.song()
        song.title = String(repeating: "x", count: 101)
        #expect(failure(studio, song)?.advice.contains("--title") == true)
        #expect(failure(studio, TrackUpload(path: "/nowhere/a.flac", title: "a"))?.kind == .badInput)
        #expect(!studio.service.requests.contains("POST /tracks"))
    }

    @Test func whatAServerSaysDoesNotSteerTheTerminal() {
        let body = Array("{\"message\":\"a\\u001b[2Jb\\nc\"}".utf8)
        let answer = ServiceAnswer(WebAnswer(status: 418, headers: [:], body: body))
        #expect(answer.says == "SoundCloud says: a [2Jb c (418)")
        #expect(
            ServiceAnswer(WebAnswer(status: 500, headers: [:], body: Array("<html>".utf8))).says
                == "SoundCloud answered 500")
    }
}
