/// A day of the proleptic Gregorian calendar, and its number counted from 0001-01-01, which is day
/// 0.
///
/// The arithmetic is Howard Hinnant's ("chrono-Compatible Low-Level Date Algorithms",
/// days_from_civil and civil_from_days), with the era shifted so that day 0 is 0001-01-01.
struct CivilDate: Equatable {
    var year: Int
    var month: Int
    var day: Int

    /// Days from 0000-03-01, where the algorithm's first era begins, to 0001-01-01.
    private static let shift = 306

    /// Days from 0001-01-01 to 1970-01-01.
    static let unixEpochDays = 719_162

    /// True if the month has the day (year 0 upwards).
    var isValid: Bool {
        guard month >= 1, month <= 12, day >= 1, day <= 31 else { return false }
        return day <= 28 || day <= Self.days(in: month, of: year)
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: return 30
        case 2: return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: return 31
        }
    }

    /// Days since 0001-01-01; negative before.
    var dayNumber: Int {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - Self.shift
    }

    init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// The date of a day number.
    init(dayNumber: Int) {
        let z = dayNumber + Self.shift
        let era = (z >= 0 ? z : z - 146_096) / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let mp = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * mp + 2) / 5 + 1
        month = mp < 10 ? mp + 3 : mp - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }
}
