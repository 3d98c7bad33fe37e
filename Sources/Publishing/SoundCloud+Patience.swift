import Foundation

extension SoundCloud {
    /// Asks, and asks again after a while where that can help: the service is overloaded or asked too often, or the connection broke
    /// before everything was sent.
    ///
    /// - Parameter mayRepeatWhenSent: whether the question does no harm when it is answered twice, though no answer came.
    /// - Returns: the last answer.
    /// - Throws: `PublishError` where none came, or the wait would be long.
    func repeated(
        _ request: WebRequest, action: String, mayRepeatWhenSent: Bool? = nil,
        progress: @escaping UploadProgress = { _, _ in true }
    ) throws(PublishError) -> WebAnswer {
        let mayRepeatWhenSent = mayRepeatWhenSent ?? (request.method == "GET")
        var attempt = 1
        while true {
            let pause: Double
            let reason: String
            switch outcome(of: request, progress) {
            case .success(let answer):
                let said = ServiceAnswer(answer)
                guard said.isPassing else { return answer }
                pause = said.retryAfter ?? pow(2, Double(attempt))
                reason = said.status == 429 ? "SoundCloud was asked too often" : said.says
                if pause > Self.longestWait {
                    throw PublishError(
                        .later, action: action, cause: "SoundCloud's limit is reached",
                        advice: "try again in \(ServiceAnswer.span(pause))")
                }
                if attempt == Self.attempts { throw tooOften(said, action) }
            case .failure(let error):
                let mayHelp = [.cut, .timedOut, .refused].contains(error.kind)
                guard mayHelp, !error.wasSent || mayRepeatWhenSent, attempt < Self.attempts else {
                    throw words(error, action, host: URLComponents(string: request.address)?.host ?? "SoundCloud")
                }
                pause = pow(2, Double(attempt))
                reason = "the connection broke (\(error.cause))"
            }
            attempt += 1
            note("\(reason); attempt \(attempt) of \(Self.attempts) in \(ServiceAnswer.span(pause))")
            guard sleep(pause) else {
                throw PublishError(.interrupted, action: action, cause: "it was interrupted", advice: "")
            }
        }
    }

    private func outcome(of request: WebRequest, _ progress: @escaping UploadProgress) -> Result<WebAnswer, WebError> {
        do throws(WebError) { return .success(try web.send(request, progress: progress)) } catch {
            return .failure(error)
        }
    }

    private func tooOften(_ said: ServiceAnswer, _ action: String) -> PublishError {
        said.status == 429
            ? PublishError(
                .later, action: action, cause: "SoundCloud was asked too often", advice: "try again in some minutes")
            : PublishError(.unreachable, action: action, cause: said.says, advice: "it has trouble; try again later")
    }

    private func words(_ error: WebError, _ action: String, host: String) -> PublishError {
        func failure(_ kind: PublishError.Kind, _ cause: String, _ advice: String) -> PublishError {
            PublishError(kind, action: action, cause: cause, advice: advice)
        }
        if error.wasSent, error.kind != .interrupted {
            return failure(
                .unreachable, "everything was sent, but no answer came (\(error.cause))",
                "look at your tracks at soundcloud.com before you try again: it may have arrived")
        }
        return switch error.kind {
        case .notFound: failure(.unreachable, "\(host) is not found", "see that this machine is on the internet")
        case .refused: failure(.unreachable, "\(host) takes no connection", "see the network, or try again later")
        case .timedOut: failure(.unreachable, "\(host) does not answer", "see the network, or try again later")
        case .cut: failure(.unreachable, "the connection broke (\(error.cause))", "try again")
        case .insecure:
            failure(
                .unreachable, "the connection to \(host) is not safe (\(error.cause))",
                "see this machine's clock and that ca-certificates is installed; nothing was sent")
        case .interrupted: failure(.interrupted, "it was interrupted", "")
        case .other: failure(.unreachable, error.cause, "try again")
        }
    }
}
