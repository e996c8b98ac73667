using System.Globalization;
using System.Text.RegularExpressions;

namespace KernelGen.CommandLine.Compilation;

/// <summary>
/// An entry point and the masks that it is compiled for, taken apart so that rows with the same numbers can be put together.
/// </summary>
/// <param name="Family">Such as <c>streaming</c>.</param>
/// <param name="Target">Such as <c>sm80</c>.</param>
/// <param name="ElementType">Such as <c>f16</c>.</param>
/// <param name="SizeKind"><c>r</c>: the slice size follows; <c>t</c>: the rows of a tile, of a text that several slice sizes share.</param>
/// <param name="Rows">Slice size or rows of a tile.</param>
/// <param name="Rest">What follows: keys, stage.</param>
/// <param name="Masks"><c>none</c> or <c>general</c>.</param>
internal sealed partial record RegisterRow(
    string Family, string Target, string ElementType, int HeadDim, string SizeKind, int Rows, string Rest, string Masks)
{
    /// <summary>The entry point.</summary>
    public string EntryPoint =>
        Invariant($"{Family}_{Target}_{ElementType}_d{HeadDim}_{SizeKind}{Rows}{Rest}");

    /// <summary>Takes an entry point's name apart.</summary>
    /// <param name="entryPoint">The name.</param>
    /// <param name="masks"><c>none</c> or <c>general</c>.</param>
    /// <exception cref="InputException">It is not the name of an entry point.</exception>
    public static RegisterRow Of(string entryPoint, string masks)
    {
        Match match = EntryPointName().Match(entryPoint);
        return match.Success
            ? new(match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value, Number(4), match.Groups[5].Value,
                Number(6), match.Groups[7].Value, masks)
            : throw new InputException($"'{entryPoint}' is not the name of an entry point.");

        int Number(int group) => int.Parse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);
    }

    /// <summary>The entry point and its masks.</summary>
    public override string ToString() => $"{EntryPoint} (masks: {Masks})";

    [GeneratedRegex(@"^([a-z]+)_([a-z0-9]+)_([a-z0-9]+)_d(\d+)_([rt])(\d+)(\w*)$")]
    private static partial Regex EntryPointName();
}
