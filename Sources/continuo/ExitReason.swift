import ArgumentParser
import Foundation


/// Exit codes, after sysexits.h.
enum ExitReason {
    static let badInput = ExitCode(65)
    static let noInput = ExitCode(66)
    static let unavailable = ExitCode(69)
    static let failedInside = ExitCode(70)
    static let cannotWrite = ExitCode(73)
}

/// Ends the command with one sentence on standard error.
func fail(_ message: String, _ code: ExitCode) -> ExitCode {
    FileHandle.standardError.write(Data("continuo: \(message)\n".utf8))
    return code
}

/// Reads a whole file.
func readFile(_ path: String, limit: Int = 256 << 20) throws -> [UInt8] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
        throw fail("cannot read \(path): there is no such file", ExitReason.noInput)
    }
    if isFolder.boolValue { throw fail("cannot read \(path): it is a folder", ExitReason.noInput) }
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    if let size = (attributes?[.size] as? NSNumber)?.intValue, size > limit {
        throw fail("cannot read \(path): \(size) bytes are more than the \(limit) that are accepted", ExitReason.badInput)
    }
    do {
        return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
        throw fail("cannot read \(path): \(error.localizedDescription)", ExitReason.noInput)
    }
}

/// Writes a whole file at once: under a temporary name first, then renamed.
func writeFile(_ bytes: [UInt8], to path: String) throws {
    do {
        try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
        throw fail("cannot write \(path): \(error.localizedDescription)", ExitReason.cannotWrite)
    }
}
