import LiveSession
import Music

/// Models that are released, rolled back or removed while the daemon runs, by whomever: their files tell.
extension Conductor {
    /// The genres whose models changed, as they do; for one listener.
    func modelChanges() -> AsyncStream<Genre> {
        let (stream, continuation) = AsyncStream.makeStream(of: Genre.self, bufferingPolicy: .bufferingNewest(256))
        modelListener = continuation
        return stream
    }

    /// Looks whether other models play from now on; what their forerunners made ahead is thrown away.
    ///
    /// Costs a system call where nothing has changed, so it is asked with every button: whoever presses one after a release hears
    /// the new model.
    func lookAtModels() {
        guard !isStopped, modelWatch?.takeChanges() == true else { return }
        let stamps = library.stamps
        let changed = Set(stamps.keys).union(modelStamps.keys).filter { stamps[$0] != modelStamps[$0] }
        modelStamps = stamps
        guard !changed.isEmpty else { return }
        handle(.modelsChanged(changed, at: transport.now()))
        askedVoices.subtract(changed)
        askVoice()
        for genre in changed.sorted(by: { $0.rawValue < $1.rawValue }) {
            logger.notice("another model plays from now on", metadata: ["genre": "\(genre.rawValue)"])
            modelListener?.yield(genre)
        }
    }
}
