import ConsoleAPI
import FoundationEssentials
import Journal
import LiveSession
import Logging
import MIDI
import Music
import Playback
import Transport

/// What was played, kept and forgotten; whose clock is followed and who gets ours.
extension Conductor {
    /// Remembers what was played before a crash or a restart, so that it can still be accompanied.
    func recallPlayed() {
        guard let journal, configuration.listens else { return }
        let within = Duration.nanoseconds(configuration.memory.count)
        let now = transport.now()
        // The disk is waited for on another thread.
        Task(executorPreference: worker) {
            let played = journal.recall(now: now, within: within)
            if !played.isEmpty { await self.recalled(played) }
        }
    }

    private func recalled(_ played: [PlayedMessage]) {
        // A keyboard that plays now is another one than the one that played then; the console's number is -1.
        var numbers: [String: Int] = [:]
        let messages = played.map { heard in
            let number = numbers[heard.keyboard] ?? -2 - numbers.count
            numbers[heard.keyboard] = number
            return Session.Recalled(
                heard.message, from: .init(number: number, name: heard.keyboard), at: heard.time)
        }
        handle(.recalled(messages, at: transport.now()))
        logger.info("what was played before is remembered", metadata: ["messages": "\(played.count)"])
    }

    /// Takes what was played off the disk, on another thread.
    func forgetPlayed(_ length: Nanoseconds?) {
        guard let journal else { return }
        let since = length.map { Date(timeIntervalSinceNow: -$0.seconds) }
        Task(executorPreference: worker) {
            do throws(JournalError) {
                try journal.forget(since: since)
            } catch {
                await self.complain("\(error)")
            }
        }
    }

    func complain(_ problem: String) {
        logger.error("\(problem)")
        publish(.problem(APIError(status: 503, error: problem)))
    }

    /// Looks for the ports of the clocks that the configuration names.
    func chooseClocks(among ports: [PortInfo]) {
        let source = configuration.clockIn.flatMap { ports.filter(\.isSource).first(called: $0) }?.address
        if source != clockIn {
            clockIn = nil
            if let source {
                do {
                    try transport.listen(to: source)
                    clockIn = source
                    logger.notice("MIDI clock is followed", metadata: ["port": "\(source)"])
                } catch { logger.error("\(error)") }
            }
        }
        let destination = configuration.clockOut.flatMap { ports.filter(\.isDestination).first(called: $0) }?.address
        if destination != clockOut {
            clockOut = nil
            if let destination {
                do {
                    try transport.startPlaying(to: destination)
                    clockOut = destination
                    logger.notice("MIDI clock is sent", metadata: ["port": "\(destination)"])
                } catch { logger.error("\(error)") }
            }
            handle(.clockPorts(clockOut.map { [$0] } ?? [], at: transport.now()))
        }
    }

    /// What the configuration names and what is not there.
    var clockProblems: [String] {
        var problems: [String] = []
        if let wanted = configuration.clockIn, clockIn == nil {
            problems.append(
                "the clock to follow, '\(wanted)', is not there: plug it in, or change clock_in under [sync]")
        }
        if let wanted = configuration.clockOut, clockOut == nil {
            problems.append(
                "the port that gets our clock, '\(wanted)', is not there: plug it in, or change clock_out under [sync]")
        }
        return problems
    }
}
