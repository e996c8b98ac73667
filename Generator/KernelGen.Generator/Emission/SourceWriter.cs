using System.Text;

namespace KernelGen.Generator.Emission;

/// <summary>Writes C# with indentation; text of several lines is indented as a whole. Lines end with <c>\n</c> on every machine.</summary>
internal sealed class SourceWriter
{
    private readonly StringBuilder _text = new();
    private int _indentation;

    /// <summary>Writes one or several lines at the current indentation; empty lines stay empty.</summary>
    public void Lines(string text)
    {
        foreach (string line in text.Split('\n'))
            _text.Append(' ', line.Length > 0 ? _indentation * 4 : 0).Append(line).Append('\n');
    }

    /// <summary>Writes text as it stands, for literals whose content must not be indented.</summary>
    public void Verbatim(string text) => _text.Append(text);

    public void Line() => _text.Append('\n');

    /// <summary>Opens a block: a brace on a line of its own, and deeper indentation.</summary>
    public void Open(string header)
    {
        Lines(header);
        Lines("{");
        _indentation++;
    }

    public void Close()
    {
        _indentation--;
        Lines("}");
    }

    /// <summary>Indents what follows by one step more, without a brace.</summary>
    public void Indent() => _indentation++;

    /// <summary>Takes an <see cref="Indent"/> back.</summary>
    public void Outdent() => _indentation--;

    public override string ToString() => _text.ToString();
}
