import Foundation
import SoundCloudStandIn
import Testing

@testable import Publishing

/// A player with a client id of their own, an account file, and a service to publish to.
final class Studio: Sendable {
    let service: SoundCloudStandIn
    let folder: String
    let file: AccountFile

    init() throws {
        service = try SoundCloudStandIn()
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("publish-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        file = AccountFile(path: "\(folder)/continuo/soundcloud.json")
        try file.write(
            Account(
                clientID: SoundCloudStandIn.clientID, clientSecret: SoundCloudStandIn.clientSecret, redirectPort: 8766))
    }

    deinit {
        service.stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// The service, with waits that take no time.
    func soundCloud(slept: @escaping (Double) -> Void = { _ in }) -> SoundCloud {
        var soundCloud = SoundCloud(file: file, service: ServiceAddress(api: service.address, secure: service.address))
        soundCloud.sleep = { seconds in
            slept(seconds)
            return true
        }
        return soundCloud
    }

    /// What the browser does: opens the address, and is sent back to one with a code.
    func code(for authorization: Authorization) throws -> String {
        let account = try #require(try file.read())
        let answer = try WebClient().send(
            WebRequest(
                address: authorization.address(
                    at: ServiceAddress(api: service.address, secure: service.address), for: account)))
        #expect(answer.status == 302)
        return try authorization.code(in: try #require(answer.headers["location"]))
    }

    func signIn() throws {
        let authorization = Authorization()
        let account = try soundCloud().signIn(try code(for: authorization), of: authorization)
        #expect(account.user == "A. Player")
    }

    /// An audio file as far as the service looks.
    func song(bytes: Int = 300_000, head: String = "fLaC") throws -> TrackUpload {
        let path = "\(folder)/song.flac"
        let content = Array(head.utf8) + (0..<bytes).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try Data(content).write(to: URL(fileURLWithPath: path))
        return TrackUpload(path: path, title: "Évening, \"blue\"")
    }
}
