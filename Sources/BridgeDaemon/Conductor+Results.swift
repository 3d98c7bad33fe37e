import ConsoleAPI
import Generation
import LiveSession
import Music

/// What comes back from those who work beside the conductor: bands that were made, takes that were kept.
extension Conductor {
    func accompanied(_ request: Int, _ accompaniment: Accompaniment, _ turns: Turns, in time: Duration) {
        tally.made(accompaniment, in: time)
        handle(.accompanied(request: request, accompaniment, turns, at: transport.now()))
        rest()
    }

    func archived(_ report: Archive.Report) {
        switch report {
        case .take(let summary):
            storeProblem = nil
            tally.takes += 1
            if summary.isDamaged { tally.damagedTakes += 1 }
            publish(.takeStored(summary))
        case .arrangement(let summary):
            storeProblem = nil
            tally.arrangements += 1
            publish(.arrangementStored(summary))
        case .failed(let error):
            storeProblem = error
            tally.failedWrites += 1
            publish(.problem(APIError(status: 503, error: error)))
        }
    }
}
