import ConsoleAPI
import Foundation
import Installation
import Testing

@testable import BridgeDaemon

/// A desk whose program is a script that takes a moment.
struct LessonDeskTests {
    @Test(.timeLimit(.minutes(2))) func manyWishesAtOnceAreAnsweredOneAfterTheOther() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lesson-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let lesson = folder.appendingPathComponent("models/learn/pop")
        let melodies = folder.appendingPathComponent("melodies")
        for place in [lesson, melodies] {
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        }
        for file in [
            lesson.appendingPathComponent("step-10.safetensors"),
            lesson.appendingPathComponent("discriminator.safetensors"),
            melodies.appendingPathComponent("tune.mid"),
        ] { try Data().write(to: file) }
        let program = folder.appendingPathComponent("program")
        // It fails where another one runs beside it.
        let script = """
            #!/bin/sh
            mkdir "\(folder.path)/busy" || exit 1
            for word; do case $word in --output=*) out=${word#--output=} ;; --seed=*) seed=$word ;; esac; done
            sleep 0.05
            echo "$seed" > "$out"
            rmdir "\(folder.path)/busy"
            """
        try Data(script.utf8).write(to: program)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
        var places = Places(environment: [:], executable: "/nowhere/continuod")
        places.models = [folder.appendingPathComponent("models").path]
        places.melodies = [melodies.path]
        let desk = LessonDesk(places: places, folder: folder.path + "/work", configured: program.path)

        let answers = try await withThrowingTaskGroup(of: String.self) { group in
            for seed in 1...12 {
                group.addTask {
                    let wish = LessonRequest(melody: "tune", seed: UInt64(seed % 6 + 1))
                    return String(decoding: try await desk.lessonAudio(wish), as: UTF8.self)
                }
            }
            return try await group.reduce(into: [String]()) { $0.append($1) }
        }
        #expect(Set(answers) == Set((1...6).map { "--seed=\($0)\n" }) && answers.count == 12)
        await #expect(throws: APIError.self) { try await desk.lessonAudio(LessonRequest(melody: "../tune")) }
        await #expect(throws: APIError.self) { try await desk.lessonAudio(LessonRequest(melody: "tune", step: 11)) }
    }
}
