import ArgumentParser
import ConsoleAPI
import ContinuoClient
import Foundation
import Installation
import Logging
import Synchronization
import TakeLibrary
import TakeStore

/// Where takes are: with the daemon, or in the store where no daemon runs.
struct TakeSource: ParsableArguments {
    @OptionGroup var daemon: DaemonOption

    /// Asks for takes, or ends the command with what to do.
    func ask<T>(_ question: (any TakeAccess) async throws -> T) async throws -> T {
        do {
            return try await question(try await access())
        } catch let error as ClientError {
            throw fail(error)
        } catch let error as APIError {
            throw fail(.refused(error))
        }
    }

    /// The take of a number, or the newest one.
    func take(_ number: Int64?) async throws -> TakeReport {
        try await ask { takes in
            if let number { return try await takes.take(number) }
            guard let newest = try await takes.takes(TakeListRequest(limit: 1)).first else {
                throw fail(
                    "there are no takes yet (press Record, play a melody, press Record again)", ExitReason.notNow)
            }
            return try await takes.take(newest.id)
        }
    }

    /// A command asks the same place all the time.
    private static let found = Mutex<(any TakeAccess)?>(nil)

    private func access() async throws -> any TakeAccess {
        if let found = Self.found.withLock({ $0 }) { return found }
        let found = try await find()
        Self.found.withLock { $0 = found }
        return found
    }

    private func find() async throws -> any TakeAccess {
        let client = daemon.client
        do throws(ClientError) {
            _ = try await client.status()
            return client
        } catch {
            guard case .unreachable = error, daemon.socket == nil else { throw error }
            let places = Places.ofThisProgram
            let path = "\(places.state)/continuo.sqlite"
            guard FileManager.default.fileExists(atPath: path) else { throw error }
            note("No daemon is running; the takes are those in \(path).")
            do {
                let store = try TakeStore(
                    path: path, logger: Logger(label: "continuo") { _ in SwiftLogNoOpLogHandler() })
                return TakeLibrary(store: store, models: ModelFolders(places.models))
            } catch { throw fail("\(error)", ExitReason.noInput) }
        }
    }
}

/// A time as people of this machine's zone write it.
func local(_ date: Date) -> String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.dateFormat = "yyyy-MM-dd HH:mm"
    return formatter.string(from: date)
}

extension TakeReport {
    /// One of the take's bands by its place in the list, or the newest one; nil where none was written.
    ///
    /// - Parameter number: counted from 1, as `takes show` counts them.
    func band(_ number: Int?) throws -> (number: Int, summary: ArrangementSummaryReport)? {
        guard let number else { return arrangements.last.map { (arrangements.count, $0) } }
        guard arrangements.indices.contains(number - 1) else {
            throw fail(
                "take \(summary.id) has no band \(number); it has \(arrangements.count)", ExitReason.noInput)
        }
        return (number, arrangements[number - 1])
    }
}
