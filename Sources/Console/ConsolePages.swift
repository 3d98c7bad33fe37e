import ConsoleAPI
import FoundationEssentials

/// The files of the console's page, read once: the page needs no build and nothing from elsewhere.
public struct ConsolePages: Sendable {
    struct Page: Sendable {
        var type: String
        var bytes: [UInt8]
    }

    /// By path: `/style.css`; the page itself is `/`.
    let pages: [String: Page]

    /// No page at all.
    public static let none = ConsolePages(pages: [:])

    private init(pages: [String: Page]) { self.pages = pages }

    /// Reads the first of the folders that has a page; files of other kinds than a page's, and larger ones than 4 MB, are left out.
    public init(folders: [String]) {
        var pages: [String: Page] = [:]
        let folder = folders.first { FileManager.default.fileExists(atPath: "\($0)/index.html") }
        let names = folder.flatMap { try? FileManager.default.contentsOfDirectory(atPath: $0) } ?? []
        for name in names {
            guard let dot = name.lastIndex(of: "."),
                let type = ConsolePages.types[String(name[name.index(after: dot)...])],
                !name.hasPrefix("."),
                let data = try? Data(contentsOf: URL(fileURLWithPath: "\(folder ?? "")/\(name)")), data.count <= 4 << 20
            else { continue }
            pages[name == "index.html" ? "/" : "/\(name)"] = Page(type: type, bytes: Array(data))
        }
        self.pages = pages
    }

    public var isEmpty: Bool { pages.isEmpty }

    /// - Returns: nil where the path is no page.
    func respond(to request: HTTPRequest) -> HTTPResponse? {
        guard let page = pages[request.path] else { return nil }
        guard request.method == "GET" else {
            return .error(
                APIError(status: 405, error: "\(request.path) does not take \(request.method)", advice: "use GET"),
                headers: [("Allow", "GET")])
        }
        return HTTPResponse(
            status: 200,
            headers: [
                ("Content-Type", page.type), ("Content-Security-Policy", ConsolePages.policy),
                ("Referrer-Policy", "no-referrer"),
            ],
            body: .bytes(page.bytes))
    }

    private static let types = [
        "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8",
        "svg": "image/svg+xml", "png": "image/png",
    ]

    /// Only what the daemon serves, no script inside the page, in nobody's frame (W3C, Content Security Policy Level 3).
    private static let policy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'",
        "media-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
    ].joined(separator: "; ")
}
