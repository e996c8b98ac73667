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
        int begin = 0;
        while (begin <= text.Length)
        {
            int end = text.IndexOf('\n', begin);
            end = end < 0 ? text.Length : end;
            if (end > begin)
            {
                _text.Append(' ', _indentation * 4).Append(text, begin, end - begin);
            }

            _text.Append('\n');
            begin = end + 1;
        }
    }

    /// <summary>Writes text as it stands, for literals whose content must not be indented.</summary>
    public void Verbatim(string text) => _text.Append(text);

    /// <summary>Writes an empty line.</summary>
    public void Line() => _text.Append('\n');

    /// <summary>Opens a block: a brace on a line of its own, and deeper indentation.</summary>
    public void Open(string header)
    {
        Lines(header);
        Lines("{");
        _indentation++;
    }

    /// <summary>Closes the block that was opened last.</summary>
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
