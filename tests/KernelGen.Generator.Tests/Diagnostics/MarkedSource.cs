using System.Text;
using Microsoft.CodeAnalysis.Text;

namespace KernelGen.Generator.Tests.Diagnostics;

/// <summary>Source text with the spans that stood in <c>[|...|]</c>.</summary>
internal sealed record MarkedSource(string Text, IReadOnlyList<TextSpan> Spans)
{
    public static MarkedSource Parse(string marked)
    {
        var text = new StringBuilder();
        var spans = new List<TextSpan>();
        int start = -1;
        for (int i = 0; i < marked.Length; i++)
        {
            string pair = i + 1 < marked.Length ? marked.Substring(i, 2) : "";
            if (pair == "[|")
            {
                start = text.Length;
                i++;
            }
            else if (pair == "|]")
            {
                spans.Add(TextSpan.FromBounds(start, text.Length));
                i++;
            }
            else
            {
                text.Append(marked[i]);
            }
        }

        return new MarkedSource(text.ToString(), spans);
    }
}
