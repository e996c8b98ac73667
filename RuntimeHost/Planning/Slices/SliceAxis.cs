namespace KernelGen.Planning;

/// <summary>Along which axes a plan cuts a call.</summary>
public enum SliceAxis
{
    /// <summary>Not at all: one slice.</summary>
    None,

    /// <summary>Along batch times heads.</summary>
    Heads,

    /// <summary>Along the query rows.</summary>
    Rows,

    /// <summary>Along the query rows, and within a slice along the keys.</summary>
    RowsAndKeys,

    /// <summary>Along batch times heads and along the query rows.</summary>
    HeadsAndRows,
}
