namespace KernelGen.Generator.Rendering;

/// <summary>Name and text of a template; turns offsets into lines and columns.</summary>
internal sealed class TemplateSource
{
    /// <summary>Keeps the text with <c>\n</c> as its only line ending.</summary>
    public TemplateSource(string name, string text)
    {
        Name = name;
        Text = text.IndexOf('\r') < 0 ? text : text.Replace("\r\n", "\n").Replace('\r', '\n');
    }

    /// <summary>The template's name, such as <c>cpu/streaming.cs.sbn</c>.</summary>
    public string Name { get; }

    /// <summary>The text with <c>\n</c> as its only line ending.</summary>
    public string Text { get; }

    /// <summary>An exception that points at an offset of the text.</summary>
    public TemplateException Error(int offset, string description)
    {
        (int line, int column) = Locate(offset);
        return new TemplateException(Name, line, column, description);
    }

    /// <summary>Line and column of an offset, both from 1.</summary>
    public (int Line, int Column) Locate(int offset)
    {
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < offset; i++)
        {
            if (Text[i] == '\n')
            {
                line++;
                lineStart = i + 1;
            }
        }

        return (line, offset - lineStart + 1);
    }
}
