import FoundationEssentials
import Music

/// A run that was kept to learn from (`continuo train --learn`): the model at some moments, its discriminator, its losses.
public struct Lesson: Hashable, Sendable {
    public let path: String

    public init(path: String) { self.path = path }

    /// The folder is called after it.
    public var genre: Genre {
        Genre(rawValue: URL(fileURLWithPath: path).lastPathComponent) ?? .pop
    }

    /// The steps after which the model was kept, ascending.
    public var steps: [Int] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.compactMap { name in
            guard name.hasPrefix("step-"), name.hasSuffix(".safetensors") else { return nil }
            return Int(name.dropFirst(5).dropLast(12))
        }.sorted()
    }
}

extension Places {
    /// The runs that are kept to learn from beside the models, the strongest first.
    public var lessons: [Lesson] {
        models.flatMap { folder in
            let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/learn")) ?? []
            return names.sorted().map { Lesson(path: "\(folder)/learn/\($0)") }
                .filter {
                    !$0.steps.isEmpty && FileManager.default.fileExists(atPath: "\($0.path)/discriminator.safetensors")
                }
        }
    }

    /// Names of the melodies that come with the programs.
    public var melodyNames: [String] {
        for folder in melodies {
            let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter {
                $0.hasSuffix(".mid")
            }
            if !names.isEmpty { return names.map { String($0.dropLast(4)) }.sorted() }
        }
        return []
    }
}
