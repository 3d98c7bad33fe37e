import ArgumentParser
import ContinuoClient
import Foundation
import Rendering

/// Exit codes, after sysexits.h.
enum ExitReason {
    static let badInput = ExitCode(65)
    static let noInput = ExitCode(66)
    static let unavailable = ExitCode(69)
    static let failedInside = ExitCode(70)
    static let cannotWrite = ExitCode(73)
    static let notNow = ExitCode(75)
    static let noPermission = ExitCode(77)
}

/// Ends the command with one sentence on standard error.
func fail(_ message: String, _ code: ExitCode) -> ExitCode {
    FileHandle.standardError.write(Data("continuo: \(message)\n".utf8))
    return code
}

/// The same for what the daemon answers, or does not.
func fail(_ error: ClientError) -> ExitCode {
    switch error {
    case .unreachable(let path, let cause):
        return fail(
            "cannot reach the daemon at \(path): \(cause). Start it with \"continuod\", or with "
                + "\"systemctl start continuod\" where it is installed; --socket and $CONTINUO_SOCKET name another place.",
            ExitReason.unavailable)
    case .forbidden:
        return fail(error.description, ExitReason.noPermission)
    case .broken:
        return fail(error.description, ExitReason.unavailable)
    case .refused(let refusal):
        let code =
            switch refusal.status {
            case 400: ExitReason.badInput
            case 404: ExitReason.noInput
            case 409: ExitReason.notNow
            case 503: ExitReason.unavailable
            default: ExitReason.failedInside
            }
        return fail(refusal.description, code)
    }
}

func fail(_ error: RenderingError) -> ExitCode {
    let code =
        switch error.kind {
        case .noSoundFont: ExitReason.unavailable
        case .badSoundFont: ExitReason.badInput
        case .cannotWrite: ExitReason.cannotWrite
        case .failed: ExitReason.failedInside
        }
    return fail(error.description, code)
}

/// Reads a whole file; `-` is standard input.
func readFile(_ path: String, limit: Int = 256 << 20) throws -> [UInt8] {
    if path == "-" {
        guard let data = try FileHandle.standardInput.read(upToCount: limit + 1) else { return [] }
        if data.count > limit {
            throw fail("cannot read standard input: it has more than \(limit) bytes", ExitReason.badInput)
        }
        return [UInt8](data)
    }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
        throw fail("cannot read \(path): there is no such file", ExitReason.noInput)
    }
    if isFolder.boolValue { throw fail("cannot read \(path): it is a folder", ExitReason.noInput) }
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    if let size = (attributes?[.size] as? NSNumber)?.intValue, size > limit {
        throw fail(
            "cannot read \(path): \(size) bytes are more than the \(limit) that are accepted", ExitReason.badInput)
    }
    do {
        return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
        throw fail("cannot read \(path): \(cause(of: error))", ExitReason.noInput)
    }
}

/// Writes a whole file at once: under a temporary name first, then renamed. `-` is standard output.
func writeFile(_ bytes: [UInt8], to path: String) throws {
    do {
        if path == "-" { return try FileHandle.standardOutput.write(contentsOf: Data(bytes)) }
        try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
        throw fail("cannot write \(path): \(cause(of: error))", ExitReason.cannotWrite)
    }
}

/// Why a file could not be read or written, in a clause.
private func cause(of error: any Error) -> String {
    switch (error as? CocoaError)?.code {
    case .fileNoSuchFile?, .fileReadNoSuchFile?: return "there is no such file or folder"
    case .fileReadNoPermission?, .fileWriteNoPermission?: return "permission is denied"
    case .fileWriteOutOfSpace?: return "the disk is full"
    case .fileWriteVolumeReadOnly?: return "the file system is read-only"
    default: return error.localizedDescription
    }
}
