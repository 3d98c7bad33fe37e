import Foundation
import SoundCloudStandIn
import Testing

@testable import Publishing

/// Signing in and out.
@Suite(.serialized) struct SignInTests {
    /// RFC 7636, appendix B.
    @Test func theChallengeIsTheStandardsExample() {
        let challenge = Authorization.challenge(of: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        #expect(challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
        let attempt = Authorization()
        #expect(attempt.verifier.count == 43 && attempt.state.count == 43 && attempt.verifier != attempt.state)
        #expect(Authorization().verifier != attempt.verifier)
    }

    @Test func tokensAreKeptForTheOwnerAlone() throws {
        let studio = try Studio()
        try studio.signIn()
        let mode = try FileManager.default.attributesOfItem(atPath: studio.file.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let tokens = try #require(try studio.file.read()?.tokens)
        #expect(tokens.access.hasPrefix("access-") && tokens.refresh?.hasPrefix("refresh-") == true)
        #expect(abs(tokens.until - Date().timeIntervalSince1970 - 3599) < 60)
        #expect(try studio.soundCloud().user() == "A. Player")
        chmod(studio.file.path, 0o644)
        _ = try studio.file.read()
        let after = try FileManager.default.attributesOfItem(atPath: studio.file.path)[.posixPermissions] as? Int
        #expect(after == 0o600, "one that was opened to others is closed again")
    }

    @Test func aCodeIsGoodOnceAndWithItsProofAlone() throws {
        let studio = try Studio()
        let authorization = Authorization()
        let code = try studio.code(for: authorization)
        let stolen = #expect(throws: PublishError.self) { try studio.soundCloud().signIn(code, of: Authorization()) }
        #expect(stolen?.kind == .permission && stolen?.cause.contains("the proof does not fit") == true)
        let again = #expect(throws: PublishError.self) { try studio.soundCloud().signIn(code, of: authorization) }
        #expect(again?.description.contains("publish login") == true)
        #expect(try studio.file.read()?.tokens == nil)
    }

    @Test func aWrongSecretIsNamedAsSuch() throws {
        let studio = try Studio()
        let authorization = Authorization()
        let code = try studio.code(for: authorization)
        try studio.file.write(
            Account(clientID: SoundCloudStandIn.clientID, clientSecret: "wrong", redirectPort: 8766))
        let error = #expect(throws: PublishError.self) { try studio.soundCloud().signIn(code, of: authorization) }
        #expect(error?.cause == "SoundCloud does not know this client id and secret")
        #expect(error?.advice.contains("publish setup") == true)
    }

    @Test func theAnswerOfAnotherSignInIsNotTaken() throws {
        let mine = Authorization()
        for answer in [
            "/callback?code=x&state=\(Authorization().state)", "/callback?code=x", "/callback?error=access_denied",
        ] {
            let error = #expect(throws: PublishError.self) { try mine.code(in: answer) }
            #expect(error?.cause == "the answer belongs to another sign-in")
        }
        let refused = #expect(throws: PublishError.self) {
            try mine.code(in: "/callback?error=access_denied&state=\(mine.state)")
        }
        #expect(refused?.cause == "access was not granted")
        #expect(throws: PublishError.self) { try mine.code(in: "bare-code") }
        let pasted = try mine.code(in: " bare-code\n", isPasted: true)
        #expect(pasted == "bare-code")
    }

    @Test func theListenerWaitsForTheRightAnswer() async throws {
        let listener = try RedirectListener(port: 0)
        let base = "http://127.0.0.1:\(listener.port)"
        Thread.detachNewThread {
            let web = WebClient()
            #expect((try? web.send(WebRequest(address: base + "/favicon.ico")))?.status == 404)
            #expect((try? web.send(WebRequest(address: base + "/callback?state=other")))?.status == 403)
            let answer = try? web.send(WebRequest(address: base + "/callback?state=mine&code=a"))
            #expect(
                answer.map { String(decoding: $0.body, as: UTF8.self) }?.contains("go back to the terminal") == true)
        }
        let target = listener.wait(seconds: 60) { $0.contains("state=mine") }
        #expect(target == "/callback?state=mine&code=a")
        #expect(listener.wait(seconds: 60, while: { false }) { _ in true } == nil)
    }

    @Test func signingOutRevokesAndForgets() throws {
        let studio = try Studio()
        try studio.signIn()
        #expect(studio.service.goodTokens == 1)
        let problem = try studio.soundCloud().signOut()
        #expect(problem == nil && studio.service.goodTokens == 0)
        #expect(try studio.file.read()?.tokens == nil && studio.file.read()?.clientID == SoundCloudStandIn.clientID)
        let error = #expect(throws: PublishError.self) { try studio.soundCloud().user() }
        #expect(error?.description.contains("nobody is signed in") == true)
    }

    @Test func signingOutForgetsWithoutTheServiceToo() throws {
        let studio = try Studio()
        try studio.signIn()
        studio.service.stop()
        let problem = try #require(try studio.soundCloud().signOut())
        #expect(problem.kind == .unreachable)
        #expect(try studio.file.read()?.tokens == nil)
    }

    @Test func aBrokenFileIsSetAside() throws {
        let studio = try Studio()
        try Data("{\"clientID\"".utf8).write(to: URL(fileURLWithPath: studio.file.path))
        let error = #expect(throws: PublishError.self) { try studio.soundCloud().user() }
        #expect(error?.kind == .file && error?.cause.contains(".broken") == true)
        #expect(FileManager.default.fileExists(atPath: studio.file.path + ".broken"))
        #expect(try studio.file.read() == nil)
    }

    @Test func aTokenNeverTravelsInTheOpen() throws {
        for (given, isTaken) in [
            ("http://api.example", false), ("http://localhost:1", true), ("https://api.example/", true),
            ("http://127.0.0.1.evil.example", false), ("http://127.0.0.1:8000", true),
        ] {
            let service = try? ServiceAddress(environment: ["CONTINUO_SOUNDCLOUD_API": given])
            #expect((service != nil) == isTaken, "\(given)")
        }
        #expect(try ServiceAddress(environment: [:]) == .soundCloud)
        let error = #expect(throws: WebError.self) {
            try WebClient().send(WebRequest(address: "http://127.0.0.1.nowhere.invalid/me"))
        }
        #expect(error?.kind == .insecure, "curl itself refuses")
    }
}
