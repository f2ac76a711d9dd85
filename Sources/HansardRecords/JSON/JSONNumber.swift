/// Numbers in JSON text (RFC 8259, section 6).
///
/// Without a fraction or exponent a number is an integer of up to 64 bits (`-0` is 0), else a
/// double, rounded to nearest.
enum JSONNumber {
    /// Powers of ten that a double holds exactly.
    private static let powers: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]

    /// Reads the number at `index` and moves past it.
    static func read(_ json: Span<UInt8>, _ index: inout Int) throws(JSONFault) -> JSONToken {
        let start = index
        let isNegative = json[index] == UInt8(ascii: "-")
        if isNegative { index += 1 }
        let first = index
        var isExact = true
        var mantissa: UInt64 = 0
        try digits(json, &index, &mantissa, &isExact)
        if json[first] == UInt8(ascii: "0") && index - first > 1 {
            throw JSONFault(.leadingZero, at: first)
        }
        var exponent = 0
        let isInteger = !(try fraction(json, &index, &mantissa, &exponent, &isExact))
        if isInteger {
            return try integer(mantissa, isNegative, isExact, at: start)
        }
        if isExact, mantissa <= 1 << 53, abs(exponent) <= 22 {
            // Both are exact, so one rounding gives the nearest double (Clinger 1990).
            let power = powers[abs(exponent)]
            let size = exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
            return JSONToken(.double, at: start, payload: (isNegative ? -size : size).bitPattern)
        }
        return try slowDouble(json, start..<index)
    }

    /// Reads one digit or more into `mantissa`; `isExact` becomes false when they overflow it.
    @inline(__always)
    private static func digits(
        _ json: Span<UInt8>, _ index: inout Int, _ mantissa: inout UInt64, _ isExact: inout Bool
    ) throws(JSONFault) {
        let start = index
        while index < json.count, json[index] >= 0x30, json[index] <= 0x39 {
            let (product, a) = mantissa.multipliedReportingOverflow(by: 10)
            let (sum, b) = product.addingReportingOverflow(UInt64(json[index] - 0x30))
            if a || b { isExact = false }
            mantissa = sum
            index += 1
        }
        if index == start { throw JSONFault(index < json.count ? .number : .end, at: index) }
    }

    /// Reads a fraction and an exponent, if any; false when there is neither.
    @inline(__always)
    private static func fraction(
        _ json: Span<UInt8>, _ index: inout Int, _ mantissa: inout UInt64, _ exponent: inout Int,
        _ isExact: inout Bool
    ) throws(JSONFault) -> Bool {
        var isThere = false
        if index < json.count, json[index] == UInt8(ascii: ".") {
            index += 1
            let start = index
            try digits(json, &index, &mantissa, &isExact)
            exponent = start - index
            isThere = true
        }
        if index < json.count, json[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            var isNegative = false
            if index < json.count,
                json[index] == UInt8(ascii: "-") || json[index] == UInt8(ascii: "+")
            {
                isNegative = json[index] == UInt8(ascii: "-")
                index += 1
            }
            var size: UInt64 = 0
            var fits = true
            try digits(json, &index, &size, &fits)
            if !fits || size > 10_000 { isExact = false }
            let power = Int(truncatingIfNeeded: min(size, 10_000))
            exponent += isNegative ? -power : power
            isThere = true
        }
        return isThere
    }

    private static func integer(
        _ size: UInt64, _ isNegative: Bool, _ isExact: Bool, at start: Int
    ) throws(JSONFault) -> JSONToken {
        guard isExact, !isNegative || size <= 1 << 63 else { throw JSONFault(.range, at: start) }
        if isNegative { return JSONToken(.integer, at: start, payload: 0 &- size) }
        return JSONToken(size > UInt64(Int64.max) ? .unsigned : .integer, at: start, payload: size)
    }

    /// Any other double, by the standard library's conversion.
    private static func slowDouble(
        _ json: Span<UInt8>, _ range: Range<Int>
    ) throws(JSONFault) -> JSONToken {
        var text = ""
        for index in range { text.unicodeScalars.append(Unicode.Scalar(json[index])) }
        guard let value = Double(text), value.isFinite else {
            throw JSONFault(.range, at: range.lowerBound)
        }
        return JSONToken(.double, at: range.lowerBound, payload: value.bitPattern)
    }
}
